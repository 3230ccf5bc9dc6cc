"""The product as ``factotum serve`` starts it, with one webhook whose behavior relays the upstream.

python -m benchmarks.product URL     (fills the folder that FACTOTUM_DATA names)
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import environment, free_port, running

from factotum import preparation
from factotum.cli.session import ACTOR, ask

GUID = "benchmark"


@dataclass(frozen=True, slots=True)
class Product:
    """A running one."""

    pid: int
    url: str
    webhook: str


@contextmanager
def serving(folder: Path, upstream: str) -> Iterator[Product]:
    """The product until the block ends; its data in that folder."""
    settings = {"FACTOTUM_DATA": str(folder), "FACTOTUM_ALLOW_HOSTS": "127.0.0.1"}
    prepare = [sys.executable, "-m", "benchmarks.product", upstream]
    subprocess.run(prepare, env=environment(settings), check=True)
    port = free_port()
    with running(["-m", "factotum", "serve", "--port", str(port)], port, settings) as pid:
        url = f"http://127.0.0.1:{port}"
        yield Product(pid, url, f"{url}/webhooks/{GUID}?q=1")


def _package(url: str) -> dict[str, Any]:
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
        "bots": [_bot(url)],
    }


def _bot(url: str) -> dict[str, Any]:
    actions = [
        {
            "action": "core.va.action.http_request",
            "http_verb": "get",
            "http_url": f"{url}/signed/2/users/me?q={{{{http_params.q|url_encode}}}}",
            "http_headers": "Accept: application/json",
            "http_body": "",
            "auth": "connected_account",
            "auth_connected_account_id": "{{{uid.account}}}",
            "options": {},
            "run_in_simulator": "0",
            "response_placeholder": "_http_response",
        },
        {"action": "set_http_body", "value": "{{_http_response.body|json_encode}}"},
    ]
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
            {
                "uid": "behavior",
                "title": "Relay",
                "is_disabled": False,
                "is_private": False,
                "priority": 50,
                "event": {"key": "event.webhook.received", "label": "Webhook received"},
                "nodes": [
                    {
                        "type": "action",
                        "title": "Ask and answer",
                        "status": "live",
                        "params": {"actions": actions},
                    }
                ],
            }
        ],
    }


def _fill(url: str) -> None:
    preparation.migrate()
    result = ask(lambda app: app.import_package(ACTOR, _package(url)))
    if result.status != "imported":
        raise SystemExit(f"The package was not imported: {result}")


if __name__ == "__main__":
    _fill(sys.argv[1])
