"""Packages written by hand, of the kinds that people import."""

from __future__ import annotations

import copy

SERVICE = {
    "package": {
        "name": "Chirper Service",
        "revision": 1,
        "requires": {"cerb_version": "9.1.0", "plugins": []},
        "configure": {
            "placeholders": [],
            "prompts": [
                {
                    "type": "text",
                    "label": "Client ID",
                    "key": "prompt_client_id",
                    "params": {"default": "", "placeholder": "(paste your Client ID)"},
                },
                {
                    "type": "text",
                    "label": "Client Secret",
                    "key": "prompt_client_secret",
                    "params": {"default": "", "placeholder": "(paste your Client Secret)"},
                },
            ],
        },
    },
    "records": [
        {
            "uid": "service_chirper",
            "_context": "connected_service",
            "name": "Chirper",
            "extension_id": "cerb.service.provider.oauth1",
            "params": {
                "grant_type": "authorization_code",
                "client_id": "{{{prompt_client_id}}}",
                "client_secret": "{{{prompt_client_secret}}}",
                "request_token_url": "https://api.chirper.example/oauth/request_token",
                "authentication_url": "https://chirper.example/oauth/authenticate",
                "access_token_url": "https://api.chirper.example/oauth/access_token",
                "signature_method_": "HMAC-SHA1",
            },
        },
        {
            "uid": "account_chirper",
            "_context": "connected_account",
            "name": "Chirper",
            "service_id": "{{{uid.service_chirper}}}",
            "owner__context": "cerberusweb.contexts.app",
            "owner_id": "0",
            "params": {},
        },
    ],
}

SERVICE_ANSWERS = {"prompt_client_id": "key-1", "prompt_client_secret": "s3cr3t-value"}

BOT = {
    "package": {
        "name": "Chirper",
        "cerb_version": "9.1.0",
        "revision": 1,
        "requires": {"cerb_version": "9.1.0"},
        "configure": {
            "prompts": [
                {
                    "type": "chooser",
                    "label": "Chirper account:",
                    "key": "chirper_account_id",
                    "params": {
                        "context": "cerberusweb.contexts.connected_account",
                        "single": True,
                        "query": "name:chirper",
                    },
                }
            ]
        },
        "placeholders": [],
    },
    "bots": [
        {
            "uid": "bot_2",
            "name": "Chirper bot for {{{chirper_account__label}}}",
            "owner": {"context": "cerberusweb.contexts.app", "id": 0},
            "is_disabled": False,
            "params": {
                "config": None,
                "events": {"mode": "all", "items": []},
                "actions": {"mode": "all", "items": []},
            },
            "image": "data:image/png;base64,iVBORw0KGgo=",
            "behaviors": [
                {
                    "uid": "behavior_15",
                    "title": "Menu",
                    "is_disabled": False,
                    "is_private": False,
                    "priority": 50,
                    "event": {
                        "key": "event.interactions.get.worker",
                        "label": "Get interactions",
                        "params": {"listen_points": "global"},
                    },
                    "nodes": [
                        {
                            "type": "action",
                            "title": "Offer",
                            "status": "live",
                            "params": {
                                "actions": [
                                    {
                                        "action": "return_interaction",
                                        "behavior_id": "23",
                                        "name": "Chirp",
                                        "interaction": "chirp",
                                        "interaction_params_json": "{}",
                                    }
                                ]
                            },
                        }
                    ],
                },
                {
                    "uid": "behavior_19",
                    "title": "API: POST chirps",
                    "is_disabled": False,
                    "is_private": True,
                    "priority": 50,
                    "event": {"key": "event.macro.bot", "label": "Custom behavior on bot"},
                    "variables": {
                        "var_text": {
                            "key": "var_text",
                            "label": "text",
                            "type": "S",
                            "is_private": "0",
                            "params": {"widget": "single"},
                        }
                    },
                    "nodes": [
                        {
                            "type": "action",
                            "title": "Call",
                            "status": "live",
                            "params": {
                                "actions": [
                                    {
                                        "action": "core.va.action.http_request",
                                        "http_verb": "post",
                                        "http_url": "https://api.chirper.example/chirps",
                                        "http_headers": "X-Kind: test",
                                        "http_body": "text={{var_text|url_encode}}",
                                        "auth": "connected_account",
                                        "auth_connected_account_id": "{{{chirper_account_id}}}",
                                        "options": {"raw_response_body": "1"},
                                        "run_in_simulator": "1",
                                        "response_placeholder": "_http_response",
                                    }
                                ]
                            },
                        }
                    ],
                },
                {
                    "uid": "behavior_23",
                    "title": "Handle",
                    "is_disabled": False,
                    "is_private": False,
                    "priority": 50,
                    "event": {
                        "key": "event.interaction.chat.worker",
                        "label": "Handle interaction",
                    },
                    "nodes": [
                        {
                            "type": "action",
                            "title": "Run",
                            "status": "live",
                            "params": {
                                "actions": [
                                    {
                                        "action": "_run_behavior",
                                        "on": "_trigger_va_id",
                                        "behavior_id": "{{{behavior_19}}}",
                                        "var_text": "hello",
                                        "run_in_simulator": "0",
                                        "var": "_behavior",
                                    }
                                ]
                            },
                        }
                    ],
                },
            ],
        }
    ],
}

WEBHOOK = {
    "package": {
        "name": "Hook",
        "revision": 2,
        "configure": {
            "prompts": [],
            "placeholders": [{"type": "random", "key": "code", "params": {"length": "40"}}],
        },
    },
    "records": [
        {
            "uid": "webhook_1",
            "_context": "webhook_listener",
            "name": "Hook",
            "guid": "{{{code|lower}}}",
            "extension_id": "cerb.webhooks.listener.engine.va",
            "extension_params": {"behavior_id": "{{{uid.behavior_43}}}"},
        }
    ],
    "bots": [
        {
            "uid": "bot_hook",
            "name": "Hook bot",
            "owner": {"context": "app", "id": 0},
            "params": {"config": {"greeting": "Hi"}},
            "behaviors": [
                {
                    "uid": "behavior_43",
                    "title": "Answer",
                    "event": {"key": "event.webhook.received", "label": "Webhook received"},
                    "nodes": [
                        {
                            "type": "action",
                            "title": "Answer",
                            "params": {
                                "actions": [{"action": "set_http_body", "value": "{{http_body}}"}]
                            },
                        }
                    ],
                }
            ],
        }
    ],
}

TOKEN = {
    "package": {
        "name": "Token Service",
        "configure": {
            "prompts": [{"type": "text", "label": "Token", "key": "prompt_token", "params": {}}]
        },
    },
    "records": [
        {
            "uid": "service_token",
            "_context": "connected_service",
            "name": "Token",
            "extension_id": "cerb.service.provider.token.bearer",
            "params": {"token_name": "Bearer"},
        },
        {
            "uid": "account_token",
            "_context": "connected_account",
            "name": "Token",
            "service_id": "{{{uid.service_token}}}",
            "owner__context": "app",
            "owner_id": 0,
            "params": {"token": "{{{prompt_token}}}"},
        },
    ],
}


def service():
    return copy.deepcopy(SERVICE)


def bot():
    return copy.deepcopy(BOT)


def webhook():
    return copy.deepcopy(WEBHOOK)


def token():
    return copy.deepcopy(TOKEN)


def tasks(**values):
    """A package of one task with these values."""
    record = {"uid": "task_1", "_context": "task", "title": "Something", **values}
    return {"package": {"name": "Tasks"}, "records": [record]}
