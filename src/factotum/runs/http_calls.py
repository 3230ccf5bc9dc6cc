"""Performs ``CallHttp``: signs, sends and tells what came.

An unsafe request (RFC 9110, 9.2.1) goes through the effect ledger, which sends it once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from factotum.bots.effects import CallHttp, HttpResult
from factotum.core.errors import (
    FactotumError,
    NoAnswer,
    NotFound,
    Refused,
    RelinkNeeded,
    RetryLater,
)
from factotum.core.http import Request, Response
from factotum.core.masking import mask, mask_form, mask_headers, mask_url
from factotum.core.ports import Clock, Sender, SendOptions
from factotum.runs.context import RunContext
from factotum.runs.gate import Gate, Passage
from factotum.runs.idempotency import honoured
from factotum.runs.ledger import Ledger
from factotum.runs.ports import Accounts, SigningAccount
from factotum.runs.retrying import wait_to_retry

_as_text = json.JSONEncoder(ensure_ascii=False).encode

SHOWN = 64 * 1024  # characters of a body kept in the journal
SURELY_SECRET = 8  # characters; what is shorter may stand in an answer by chance
TEXTUAL = (
    "text/",
    "application/xml",
    "application/javascript",
    "application/x-www-form-urlencoded",
)


@dataclass(frozen=True, slots=True)
class Performed:
    """A request that was made: the answer, or why there is none."""

    result: HttpResult
    response: Response | None = None
    failure: FactotumError | None = None


class HttpCalls:
    """Sends what behaviors and people ask for, through the one door."""

    def __init__(
        self, sender: Sender, accounts: Accounts, ledger: Ledger, gate: Gate, clock: Clock
    ) -> None:
        self._clock = clock
        self._sender = sender
        self._accounts = accounts
        self._ledger = ledger
        self._gate = gate

    async def call(self, effect: CallHttp, context: RunContext) -> HttpResult:
        """The result for ``response_placeholder``; a step of the journal tells the exchange."""
        request = Request(effect.method.upper(), effect.url, effect.headers, effect.payload)
        return (await self.perform(request, effect, context)).result

    async def perform(self, request: Request, effect: CallHttp, context: RunContext) -> Performed:
        """The same for a request of any bytes."""
        started = perf_counter()
        context.priced, context.keyed = {}, {}
        failure: FactotumError | None = None
        try:
            result, response = await self._exchange(request, effect, context)
        except (Refused, RelinkNeeded, NotFound, NoAnswer, RetryLater) as error:
            failure = error
            result, response = _failed(request, error), None
        if context.is_durable:
            now = self._clock().at.timestamp()
            wait = wait_to_retry(request, effect.path, failure, response, context, now)
            if wait is not None:
                raise wait
        exchange = _exchange_data(request, effect.account_id, result, response)
        exchange |= context.priced | context.keyed
        title = f"{request.method} {urlsplit(request.url).netloc.rpartition('@')[2]}"
        ms = (perf_counter() - started) * 1000
        context.journal.step(effect.path, "http", title, _status(result), ms=ms, data=exchange)
        return Performed(result, response, failure)

    async def _exchange(
        self, request: Request, effect: CallHttp, context: RunContext
    ) -> tuple[HttpResult, Response | None]:
        if effect.refusal:
            raise Refused(effect.refusal, code="not-sent")
        try:
            account = await self._account(effect, context)
        except (Refused, RelinkNeeded, NotFound) as why:
            if not self._ledger.knows(effect, context):
                raise
            response = await self._sent_before(request, effect, context, why)
            return as_result(response, raw=effect.raw_response_body), response
        if context.simulate and not effect.send_in_simulator:
            context.priced = await self._gate.quote(request, account, context)
            return HttpResult(url=effect.url, is_simulated=True), None
        response = await self._send(request, effect, account, context)
        if account is not None:
            response = await self._signed_anew(response, request, effect, account, context)
        return as_result(response, raw=effect.raw_response_body), response

    async def _account(self, effect: CallHttp, context: RunContext) -> SigningAccount | None:
        if effect.account_id is None:
            return None
        account = await self._accounts.ready(effect.account_id, context.actor)
        context.journal.hide(account.secrets)
        return account

    async def _signed_anew(
        self,
        response: Response,
        request: Request,
        effect: CallHttp,
        account: SigningAccount,
        context: RunContext,
    ) -> Response:
        """The answer without secrets; where it refused the credentials, to newer ones if there are any."""
        if _was_refused(response, request):
            newer: SigningAccount | None = account
            if not self._ledger.knows(effect, context):  # else it was sent anew before
                newer = await self._accounts.renewed(account.id, context.actor)
            if newer is not None:
                account = newer
                context.journal.hide(newer.secrets)
                response = await self._send(request, effect, newer, context)
        if _is_from(response, request):
            self._accounts.answered(account.id, response.status)
        return without(account.secrets, response)

    async def _sent_before(
        self, request: Request, effect: CallHttp, context: RunContext, why: FactotumError
    ) -> Response:
        """What became of a request that left while its account could sign; Refused where nothing did."""

        async def refuse(_sent: Request, _leaves: Callable[[], None]) -> Response:
            raise Refused(why.sentence, code=why.code)

        while True:
            response = await self._ledger.send_once(request, effect, context, refuse)
            if not (_was_refused(response, request) and self._ledger.knows(effect, context)):
                return response

    async def _send(
        self,
        request: Request,
        effect: CallHttp,
        account: SigningAccount | None,
        context: RunContext,
    ) -> Response:
        passage = self._gate.passage(request, account, context)
        if request.is_safe or not self._ledger.knows(effect, context):
            await passage.enter()  # else right before it is sent, if it is: it may hold room itself
        try:
            if request.is_safe:
                options = _options(effect, account)
                return await passage.through(lambda: self._sender.send(request, options))
            return await self._send_once(request, effect, account, context, passage)
        finally:
            passage.end()

    async def _send_once(
        self,
        request: Request,
        effect: CallHttp,
        account: SigningAccount | None,
        context: RunContext,
        passage: Passage,
    ) -> Response:
        options = _options(effect, account)
        rule = honoured(request, account.honours if account else ())

        async def send(sent: Request, leaves: Callable[[], None]) -> Response:
            def may_leave() -> None:
                context.fence.check()
                leaves()

            watched = replace(options, may_leave=may_leave)
            return await passage.through(lambda: self._sender.send(sent, watched))

        return await self._ledger.send_once(request, effect, context, send, rule)


def _failed(request: Request, error: FactotumError) -> HttpResult:
    may_have_left = isinstance(error, NoAnswer | Refused) and error.sent
    return HttpResult(
        url=request.url,
        error=error.sentence,
        code=error.code,
        is_unknown=may_have_left and not request.is_safe,
    )


def _was_refused(response: Response, request: Request) -> bool:
    """Whether the credentials were refused before anything was done, so that asking anew is safe.

    A request that was redirected has been acted on already: only what came after it was refused.
    """
    return response.status == 401 and (request.is_safe or not response.is_redirected)


def without(secrets: frozenset[str], response: Response) -> Response:
    """The answer less the credentials that it was signed with: some services say them back."""
    said = frozenset(secret for secret in secrets if len(secret) >= SURELY_SECRET)
    headers, body = mask(response.headers, said), mask(response.body, said)
    if headers is response.headers and body is response.body:
        return response
    return replace(response, headers=headers, body=body)


def _is_from(response: Response, request: Request) -> bool:
    """Whether the host that was asked has answered, and not one it redirected to."""
    return urlsplit(response.url).netloc == urlsplit(request.url).netloc


def _options(effect: CallHttp, account: SigningAccount | None) -> SendOptions:
    verify_tls = not effect.ignore_ssl_validation
    if account is None:
        return SendOptions(verify_tls=verify_tls)
    return SendOptions(account.hosts, account.sign, verify_tls, secrets=account.secrets)


def as_result(response: Response, *, raw: bool) -> HttpResult:
    """A response as ``response_placeholder`` holds it (cerb-compatible).

    JSON is decoded unless ``raw``; other text is text; anything else is base64.
    """
    headers: dict[str, str] = {}
    for name, value in response.headers:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    kind = response.content_type
    return HttpResult(
        content_type=kind,
        headers=headers,
        body=_body(response, kind, raw=raw),
        url=response.url,
        http_code=response.status,
    )


def _body(response: Response, kind: str, *, raw: bool) -> Any:
    if kind == "application/json" or kind.endswith("+json"):
        if not raw:
            try:
                return response.json()
            except (ValueError, RecursionError):  # no JSON, or nested without end
                return response.text()
        return response.text()
    if not kind or kind.startswith(TEXTUAL) or kind.endswith("+xml"):
        return response.text()
    return base64.b64encode(response.body).decode()


def shown_request(request: Request, account_id: int | None) -> dict[str, Any]:
    """A request as the journal keeps it: secrets masked, a long body cut."""
    return {
        "method": request.method,
        "url": mask_url(request.url),
        "headers": dict(mask_headers(request.headers)),
        "body": _shown(_body_of(request)),
        "account_id": account_id,
    }


def _exchange_data(
    request: Request, account_id: int | None, result: HttpResult, response: Response | None
) -> dict[str, Any]:
    exchange: dict[str, Any] = {"request": shown_request(request, account_id)}
    if response is not None:
        exchange["response"] = {
            "status": response.status,
            "url": mask_url(response.url),
            "headers": dict(mask_headers(tuple(result.headers.items()))),
            "body": _shown(result.body),
        }
    if result.error:
        exchange["error"] = {"code": result.code, "sentence": result.error}
    return exchange


def _body_of(request: Request) -> str:
    text = request.body[:SHOWN].decode("utf-8", "replace")
    return mask_form(text) if request.content_type == TEXTUAL[-1] else text


def _status(result: HttpResult) -> str:
    if result.is_simulated:
        return "not-sent"
    return "failed" if result.error or result.http_code >= 400 else "ok"


def _shown(body: Any) -> str:
    text = body if isinstance(body, str) else _as_text(body)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
