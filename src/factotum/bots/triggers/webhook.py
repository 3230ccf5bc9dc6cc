"""A request to a webhook's address, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn
from urllib.parse import parse_qsl, urlencode

from factotum.bots.actions.webhook_answer import BODY, HEADERS, STATUS
from factotum.bots.behavior import Behavior
from factotum.bots.header_lines import checked
from factotum.bots.triggers.trigger import Trigger, triggers
from factotum.core.errors import BadInput
from factotum.core.fields import Choice, Fields, LongText, Text
from factotum.core.http import Headers, media_type


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

    asked: ClassVar[Fields] = Fields(
        Choice(
            key="method",
            label="Method",
            required=True,
            default="POST",
            options={one: one for one in ("POST", "GET", "PUT", "PATCH", "DELETE", "HEAD")},
        ),
        LongText(
            key="headers",
            label="Headers",
            default="Content-Type: application/x-www-form-urlencoded",
            help="Name: value, one a line.",
        ),
        LongText(
            key="body",
            label="Body",
            placeholder="Body=HELP",
            help="As the service sends it: a form's fields as name=value&other=value, or JSON.",
        ),
        Text(key="query", label="Query", placeholder="name=value", help="What stands behind ?."),
        Text(key="path", label="Path", help="What stands behind the webhook's address."),
        Text(key="client_ip", label="Caller's IP address"),
    )

    def payload(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The request, as if it had come in; BadInput for a line that is no header."""
        given = {field.key: str(said.get(field.key, "")) for field in self.asked}
        lines = (line for line in given["headers"].splitlines() if line.strip())
        headers = [
            checked(*line.split(":", 1)) if ":" in line else _no_header(line) for line in lines
        ]
        return payload_of(
            given["method"],
            given["path"],
            given["query"],
            tuple((name.lower(), value) for name, value in headers),
            given["body"],
            given["client_ip"],
        )

    def said(self, placeholders: Mapping[str, Any]) -> dict[str, Any]:
        """Also the query: those parameters that the body does not have."""
        headers = placeholders.get("http_headers") or {}
        body = str(placeholders.get("http_body") or "")
        in_body = _params(body) if _is_form(headers.get("content_type", "")) else {}
        query = {
            f"{name}[]" if isinstance(value, list) else name: value
            for name, value in (placeholders.get("http_params") or {}).items()
            if name not in _keyed(in_body)
        }
        return {
            "method": placeholders.get("http_verb", ""),
            "headers": "\n".join(
                f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()
            ),
            "body": body,
            "query": urlencode(query, doseq=True),
            "path": placeholders.get("http_path", ""),
            "client_ip": placeholders.get("http_client_ip", ""),
        }

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


def payload_of(
    method: str, path: str, query: str, headers: Headers, body: str, client_ip: str
) -> dict[str, Any]:
    """A request as the trigger's payload. ``headers`` have lower-case names, ``query`` is undecoded.

    A form's fields are parameters like those of the query.
    """
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    pairs = f"{query}&{body}" if _is_form(joined.get("content-type", "")) else query
    return {
        "verb": method,
        "path": path,
        "headers": joined,
        "params": _params(pairs),
        "body": body,
        "client_ip": client_ip,
    }


def _is_form(content_type: str) -> bool:
    return media_type(content_type) == "application/x-www-form-urlencoded"


def _params(pairs: str) -> dict[str, Any]:
    """Names to values; ``ids[]=1&ids[]=2`` gives a list, of another repeated name the last counts."""
    params: dict[str, Any] = {}
    for name, value in parse_qsl(pairs, keep_blank_values=True, max_num_fields=2000):
        if name.endswith("[]"):
            params.setdefault(name[:-2], []).append(value)
        else:
            params[name] = value
    return params


def _no_header(line: str) -> NoReturn:
    raise BadInput(
        f"“{line.strip()[:60]}” is no header. Write it as Name: value.", code="bad-event"
    )


def _keyed(values: Any) -> dict[str, Any]:
    given = values if isinstance(values, Mapping) else {}
    return {str(key).lower().replace("-", "_"): value for key, value in given.items()}
