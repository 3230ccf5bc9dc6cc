"""Packages of the kind the guide has people paste: a service by OAuth 1.0a, and a bot that posts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parents[3] / "shared" / "packages"


def published(name: str) -> dict[str, Any] | None:
    """A published package, None where they are not here."""
    file = SHARED / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None


def prompt(key: str, label: str) -> dict[str, Any]:
    hint = {"default": "", "placeholder": f"(your {label})"}
    return {"type": "text", "label": label, "key": key, "params": hint}


def service(
    name: str = "Twitter", host: str = "https://api.twitter.com", **params: Any
) -> dict[str, Any]:
    """A service and its account; it asks for the app's keys."""
    return {
        "package": {
            "name": f"{name} service",
            "revision": 1,
            "requires": {"cerb_version": "9.1.0", "plugins": []},
            "configure": {
                "placeholders": [],
                "prompts": [prompt("the_id", "Client ID"), prompt("the_secret", "Client Secret")],
            },
        },
        "records": [
            {
                "uid": "the_service",
                "_context": "connected_service",
                "name": name,
                "extension_id": "cerb.service.provider.oauth1",
                "params": {
                    "client_id": "{{{the_id}}}",
                    "client_secret": "{{{the_secret}}}",
                    "request_token_url": f"{host}/oauth/request_token",
                    "authentication_url": f"{host}/oauth/authenticate",
                    "access_token_url": f"{host}/oauth/access_token",
                    "signature_method_": "HMAC-SHA1",
                    **params,
                },
            },
            {
                "uid": "the_account",
                "_context": "connected_account",
                "name": name,
                "service_id": "{{{uid.the_service}}}",
                "owner__context": "cerberusweb.contexts.app",
                "owner_id": "0",
                "params": {},
            },
        ],
    }


def action(title: str, *actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "action",
        "title": title,
        "status": "live",
        "params": {"actions": list(actions)},
    }


def asking(message: str, **more: str) -> dict[str, Any]:
    """A bot that asks a person before it goes on."""
    ask = {"action": "approval", "message": message, **more}
    behavior = {"uid": "ask", "title": "Ask first", "event": {"key": "event.macro.bot"}}
    bot = {"uid": "careful", "name": "Careful", "owner": {"context": "app", "id": 0}}
    return {
        "package": {"name": "Careful", "revision": 1},
        "bots": [{**bot, "behaviors": [{**behavior, "nodes": [action("Ask", ask)]}]}],
    }


def say(message: str) -> dict[str, Any]:
    return {"action": "send_message", "message": message, "format": "", "delay_ms": "0"}


def kept(var: str, value: str, format: str = "") -> dict[str, Any]:
    return {"action": "_set_custom_var", "var": var, "value": value, "format": format}


def request(verb: str, url: str, body: str = "", **more: Any) -> dict[str, Any]:
    return {
        "action": "core.va.action.http_request",
        "http_verb": verb,
        "http_url": url,
        "http_headers": "X-Sent-By: a bot",
        "http_body": body,
        "auth": "connected_account",
        "auth_connected_account_id": "{{{the_account}}}",
        "options": {"raw_response_body": "1"},
        "run_in_simulator": "1",
        "response_placeholder": "_http_response",
        **more,
    }


def api(uid: str, title: str, call: dict[str, Any], *variables: str) -> dict[str, Any]:
    """A behavior that calls one endpoint and keeps its answer."""
    decode = kept("answer", "{{_http_response.body|json_pretty}}", "json")
    return {
        "uid": uid,
        "title": title,
        "is_private": True,
        "event": {"key": "event.macro.bot", "label": "Custom behavior on bot"},
        "variables": {
            key: {"key": key, "label": key, "type": "S", "is_private": "0", "params": {}}
            for key in variables
        },
        "nodes": [action("Call the API", call, decode)],
    }


def outcome(condition: str, value: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    test = {"condition": condition, "oper": "is", "value": value}
    return {
        "type": "switch",
        "title": f"{condition}?",
        "nodes": [
            {
                "type": "outcome",
                "title": value,
                "params": {"groups": [{"any": 0, "conditions": [test]}]},
                "nodes": list(nodes),
            }
        ],
    }


def chosen_account() -> dict[str, Any]:
    """The prompt that asks which account the bot posts as."""
    context = "cerberusweb.contexts.connected_account"
    params = {"context": context, "single": True, "query": ""}
    return {"type": "chooser", "label": "Account:", "key": "the_account", "params": params}


def apis(host: str) -> list[dict[str, Any]]:
    """A behavior for each endpoint of v1.1 that the guide's bot calls."""
    search = request("get", f"{host}/1.1/search/tweets.json?q={{{{var_q|url_encode}}}}")
    mentions = request("get", f"{host}/1.1/statuses/mentions_timeline.json")
    user = request("get", f"{host}/1.1/users/show.json?screen_name={{{{var_name}}}}")
    post = request("post", f"{host}/1.1/statuses/update.json", "status={{var_text|url_encode}}")
    return [
        api("b_search", "Search", search, "var_q"),
        api("b_mentions", "Mentions", mentions),
        api("b_user", "User", user, "var_name"),
        api("b_post", "Post", post, "var_text"),
    ]


def chat() -> dict[str, Any]:
    """Asks for a text, posts it and says under which number."""
    run = {
        "action": "_run_behavior",
        "on": "_trigger_va_id",
        "behavior_id": "{{{b_post}}}",
        "var_text": "{{text}}",
        "run_in_simulator": "0",
        "var": "_posted",
    }
    answer = kept("answer", "{{_posted.answer|json_encode}}", "json")
    ask = {"action": "prompt_text", "placeholder": "(anything)"}
    return {
        "uid": "b_chat",
        "title": "Write a post",
        "event": {"key": "event.message.chat.worker", "label": "Conversation"},
        "nodes": [
            action("Ask", say("What shall I post?"), ask),
            action("Keep it", kept("text", "{{message}}")),
            action("Post it", run, answer, say("Posted as #{{answer.id_str}}.")),
        ],
    }


def handler() -> dict[str, Any]:
    """Leads from the menu's entry to the chat."""
    switch = {
        "action": "switch_behavior",
        "return": "0",
        "behavior_id": "{{{uid.b_chat}}}",
        "var": "_behavior",
    }
    return {
        "uid": "b_handle",
        "title": "Handle",
        "event": {"key": "event.interaction.chat.worker", "label": "Handle"},
        "nodes": [outcome("interaction", "post.write", action("Go", switch))],
    }


def menu() -> dict[str, Any]:
    """Offers the chat everywhere."""
    offer = {
        "action": "return_interaction",
        "behavior_id": "{{{uid.b_handle}}}",
        "name": "Write a post",
        "interaction": "post.write",
        "interaction_params_json": "{}",
    }
    points = {"listen_points": "global"}
    return {
        "uid": "b_menu",
        "title": "Menu",
        "event": {"key": "event.interactions.get.worker", "label": "Menu", "params": points},
        "nodes": [outcome("point", "global", action("Offer", offer))],
    }


def bot(host: str = "https://api.twitter.com", name: str = "Poster") -> dict[str, Any]:
    """A bot with four behaviors for v1.1 and a chat that posts; its menu names a literal id."""
    return {
        "package": {
            "name": name,
            "revision": 1,
            "requires": {"cerb_version": "9.1.0"},
            "configure": {"prompts": [chosen_account()]},
        },
        "bots": [
            {
                "uid": "b",
                "name": name,
                "owner": {"context": "cerberusweb.contexts.app", "id": 0},
                "params": {"config": None},
                "behaviors": [*apis(host), chat(), handler(), menu()],
            }
        ],
    }


def echoing_webhook() -> dict[str, Any]:
    """A behavior that answers a webhook with what it was sent, and its listener."""
    say = {"action": "set_http_body", "value": "{{http_verb}} {{http_params.body}}"}
    return {
        "package": {"name": "Echo", "revision": 1},
        "bots": [
            {
                "uid": "echo_bot",
                "name": "Echo",
                "owner": {"context": "app", "id": 0},
                "behaviors": [
                    {
                        "uid": "echo",
                        "title": "Say it back",
                        "event": {"key": "event.webhook.received", "label": "Webhook received"},
                        "nodes": [{"type": "action", "title": "Say", "params": {"actions": [say]}}],
                    }
                ],
            }
        ],
    }
