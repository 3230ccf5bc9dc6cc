"""A request to a webhook's address, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factotum.bots.actions.webhook_answer import BODY, HEADERS, STATUS
from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers


@triggers.add("event.webhook.received")
class WebhookReceived(Trigger):
    """Payload: ``verb``, ``path``, ``body`` (text), ``headers``, ``params``, ``client_ip``.

    Keys of headers and params are lower case with ``_`` for ``-``: ``X-Hub-Signature`` is read as
    ``http_headers.x_hub_signature``.
    """

    key = "event.webhook.received"
    label = "Webhook received"
    placeholders = (
        "http_verb",
        "http_path",
        "http_body",
        "http_headers",
        "http_params",
        "http_client_ip",
    )

    def values(self, payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """The request."""
        return {
            "http_verb": str(payload.get("verb") or "").upper(),
            "http_path": str(payload.get("path") or ""),
            "http_body": payload.get("body") or "",
            "http_headers": _keyed(payload.get("headers")),
            "http_params": _keyed(payload.get("params")),
            "http_client_ip": str(payload.get("client_ip") or ""),
        }


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the caller of a webhook gets."""

    status: int
    headers: Mapping[str, str]
    body: str


def answer_of(placeholders: Mapping[str, Any]) -> WebhookAnswer:
    """The answer that a run's final placeholders tell; 200 and empty where they tell none.

    >>> answer_of({"_http_response_body": "<Response/>"}).body
    '<Response/>'
    """
    status, headers = placeholders.get(STATUS), placeholders.get(HEADERS)
    return WebhookAnswer(
        status=status if isinstance(status, int) else 200,
        headers=dict(headers) if isinstance(headers, Mapping) else {},
        body=str(placeholders.get(BODY) or ""),
    )


def _keyed(values: Any) -> dict[str, Any]:
    given = values if isinstance(values, Mapping) else {}
    return {str(key).lower().replace("-", "_"): value for key, value in given.items()}
