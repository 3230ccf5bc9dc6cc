"""What the product of a benchmark is given: a service, an account, a webhook, behaviors, schedules."""

from __future__ import annotations

from typing import Any

GUID = "benchmark"
ONE, THREE = "Relay", "Relay three times"
"""Behaviors that send one request, and three one after the other, each signed."""

NEVER = "0 0 1 1 *"  # once a year: a benchmark says itself when they are due


def package(url: str, schedules: int = 0) -> dict[str, Any]:
    """A service, an account with its tokens, a bot whose webhook answers what the service says."""
    return {
        "package": {
            "name": "Benchmark",
            "revision": 1,
            "requires": {"cerb_version": "9.1.0", "plugins": []},
            "configure": {"prompts": [], "placeholders": []},
        },
        "records": [
            {
                "uid": "service",
                "_context": "connected_service",
                "name": "Upstream",
                "extension_id": "cerb.service.provider.oauth1",
                "params": {
                    "client_id": "xvz1evFS4wEEPTGEFPHBog",
                    "client_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
                    "request_token_url": f"{url}/oauth/request_token",
                    "authentication_url": f"{url}/oauth/authenticate",
                    "access_token_url": f"{url}/oauth/access_token",
                    "signature_method": "HMAC-SHA1",
                },
            },
            {
                "uid": "account",
                "_context": "connected_account",
                "name": "@benchmark",
                "service_id": "{{{uid.service}}}",
                "owner__context": "app",
                "owner_id": 0,
                "params": {
                    "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
                    "oauth_token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
                },
            },
            {
                "uid": "webhook",
                "_context": "webhook_listener",
                "name": "Benchmark",
                "guid": GUID,
                "extension_id": "cerb.webhooks.listener.engine.va",
                "extension_params": {"behavior_id": "{{{uid.behavior}}}"},
            },
        ],
        "bots": [_bot(url, schedules)],
    }


def _bot(url: str, schedules: int) -> dict[str, Any]:
    ask = _ask(f"{url}/signed/2/users/me?q={{{{http_params.q|url_encode}}}}")
    answer = {"action": "set_http_body", "value": "{{_http_response.body|json_encode}}"}
    webhook = {"key": "event.webhook.received", "label": "Webhook received"}
    yearly = {
        "key": "event.behavior.recurrent",
        "label": "Recurrent behavior",
        "params": {"repeat_patterns": NEVER},
    }
    return {
        "uid": "bot",
        "name": "Benchmark",
        "owner": {"context": "app", "id": 0},
        "is_disabled": False,
        "params": {
            "config": {},
            "events": {"mode": "all", "items": []},
            "actions": {"mode": "all", "items": []},
        },
        "behaviors": [
            _behavior("behavior", ONE, webhook, [ask, answer]),
            _behavior("three", THREE, webhook, [ask, ask, ask, answer]),
            *(
                _behavior(f"schedule_{number}", f"Schedule {number}", yearly, [ask])
                for number in range(schedules)
            ),
        ],
    }


def _ask(url: str) -> dict[str, Any]:
    return {
        "action": "core.va.action.http_request",
        "http_verb": "get",
        "http_url": url,
        "http_headers": "Accept: application/json",
        "http_body": "",
        "auth": "connected_account",
        "auth_connected_account_id": "{{{uid.account}}}",
        "options": {},
        "run_in_simulator": "0",
        "response_placeholder": "_http_response",
    }


def _behavior(
    uid: str, title: str, event: dict[str, Any], actions: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": title,
        "is_disabled": False,
        "is_private": False,
        "priority": 50,
        "event": event,
        "nodes": [
            {
                "type": "action",
                "title": "Ask and answer",
                "status": "live",
                "params": {"actions": actions},
            }
        ],
    }
