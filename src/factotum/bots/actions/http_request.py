"""Execute HTTP Request (cerb-compatible): a request signed as one of the linked accounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import CallHttp, HttpResult
from factotum.bots.header_lines import checked
from factotum.bots.tree import is_on
from factotum.core.errors import BadInput
from factotum.core.fields import Choice, Fields, Flag, Json, Link, LongText, Text
from factotum.core.http import Headers, header
from factotum.core.masking import mask_form, mask_headers, mask_url

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
FORM = "application/x-www-form-urlencoded"

UNVERIFIED = (
    "With an account in Authentication the server's certificate has to be valid: else the account's "
    "credentials could go to anybody. Take out ignore_ssl_validation, or the account."
)

_LINES = re.compile(r"\r\n|\n")


@action_types.add("core.va.action.http_request")
class HttpRequest(ActionType):
    """URL, headers and body are templates; a comment line before the URL is dropped."""

    key = "core.va.action.http_request"
    label = "Execute HTTP Request"
    description = "Sends a request to any API, signed as a connected account."
    fields: ClassVar[Fields] = Fields(
        Choice(key="http_verb", label="Method", options={one.lower(): one for one in METHODS}),
        Text(key="http_url", label="URL", required=True),
        LongText(key="http_headers", label="Headers", help="Name: value, one a line."),
        LongText(key="http_body", label="Body"),
        Choice(
            key="auth",
            label="Authentication",
            options={"": "None", "connected_account": "Account", "placeholder": "Placeholder"},
        ),
        Link(key="auth_connected_account_id", label="Account", to="connected_account"),
        Text(key="auth_placeholder", label="Account ID from a placeholder"),
        Json(key="options", label="Options"),
        Flag(key="run_in_simulator", label="Also send in the simulator"),
        Text(key="response_placeholder", label="Save the response to", default="_http_response"),
    )

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """Signing a request to a server that nobody has vouched for."""
        del behavior
        is_signed = bool(str(step.params.get("auth") or "").strip())
        return UNVERIFIED if is_signed and _ignores_tls(step.params) else ""

    def run(self, execution: Execution) -> Steps[After | None]:
        """Send it once; the placeholder holds what came, also where nothing did."""
        call = yield from _call(execution)
        result = yield call
        if not isinstance(result, HttpResult):
            raise BadInput("The request was not carried out.", code="not-sent")
        execution.origins = frozenset({execution.interpreter.answers.add(result)})
        name = execution.param("response_placeholder").strip() or "_http_response"
        execution.set(name, result.as_placeholder())
        _report(result, execution)
        return None


def _report(result: HttpResult, execution: Execution) -> None:
    execution.filled["http_code"] = result.http_code
    (number,) = execution.origins
    failure = execution.interpreter.answers.failure(number)
    if failure is not None:
        execution.status = "failed"
        execution.filled["failure"] = failure.sentence
    elif result.is_simulated:
        execution.status = "not-sent"


def _call(execution: Execution) -> Steps[CallHttp]:
    method = (execution.param("http_verb").strip() or "get").upper()
    if method not in METHODS:
        raise BadInput(f"There is no method {method}. Use one of {', '.join(METHODS)}.")
    execution.filled["http_verb"] = method
    url = (yield from execution.fill("http_url")).strip()
    execution.filled["http_url"] = mask_url(url)
    headers = yield from _headers(execution)
    body = yield from execution.fill_bytes("http_body")
    if method in {"POST", "PUT", "PATCH"} and not header(headers, "content-type"):
        headers = (*headers, ("Content-Type", FORM))
    if header(headers, "content-type").startswith(FORM):
        execution.filled["http_body"] = mask_form(execution.filled["http_body"])
    account, refusal = yield from _account(execution)
    options = _options(execution.params)
    ignores_tls = is_on(options.get("ignore_ssl_validation"))
    if account is not None and ignores_tls:
        raise BadInput(UNVERIFIED, code="unverified-tls")
    return CallHttp(
        path=execution.path,
        method=method,
        url=url,
        headers=headers,
        body=body,
        account_id=account,
        raw_response_body=is_on(options.get("raw_response_body")),
        ignore_ssl_validation=ignores_tls,
        send_in_simulator=is_on(execution.params.get("run_in_simulator")),
        refusal=refusal or ("" if url else "The request has no URL."),
    )


def _options(params: Mapping[str, Any]) -> Mapping[str, Any]:
    options = params.get("options")
    return options if isinstance(options, Mapping) else {}


def _ignores_tls(params: Mapping[str, Any]) -> bool:
    return is_on(_options(params).get("ignore_ssl_validation"))


def _headers(execution: Execution) -> Steps[Headers]:
    """The header lines. A value with a line break in it must not smuggle in another header.

    So each ``Name: {{value}}`` line is filled in by itself; only a template with statements, or a
    line that is nothing but a placeholder, may make several lines.
    """
    template = execution.param("http_headers")
    if "{%" in template:
        lines = _LINES.split((yield from execution.render(template)))
    else:
        lines = []
        for line in _LINES.split(template):
            filled = yield from execution.render(line)
            lines += _LINES.split(filled) if line.lstrip().startswith("{{") else [filled]
    headers = tuple(_header(line) for line in lines if line.strip())
    shown = (f"{name}: {value}" for name, value in mask_headers(headers))
    execution.filled["http_headers"] = "\r\n".join(shown)
    return headers


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadInput(f"“{line.strip()[:60]}” is no header. Write it as Name: value.")
    return checked(name, value)


def _account(execution: Execution) -> Steps[tuple[int | None, str]]:
    """The account's id, or why there is none to sign with."""
    auth = execution.param("auth").strip()
    if auth == "":
        return None, ""
    if auth == "connected_account":
        given = yield from execution.fill("auth_connected_account_id")
    elif auth == "placeholder":
        given = yield from execution.fill("auth_placeholder")
    else:
        raise BadInput(f"There is no authentication “{auth}”.")
    given = given.strip()
    if given.isascii() and given.isdigit() and int(given):
        return int(given), ""
    if given in {"", "0"}:
        return None, "No account is chosen in Authentication. Choose one in the behavior."
    return None, f"“{given}” names no account. Authentication needs an account's ID."
