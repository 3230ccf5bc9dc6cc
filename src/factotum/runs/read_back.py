"""Asks a service whether something unsafe happened, where the service can tell: its read-back.

A post counts as found where its text is what was sent, its time is not before the sending and, where the
service says whose it must be, its author is that. When the sending was is known by our clock; where that
differs from the service's, it is looked for from the earlier of both times on. It counts as surely not done
once the last look has found nothing, which is as late as the service may be (``runs.lateness``). Where nothing was sent by which it could be found, or it was sent at a time that has not
come yet, a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote

from factotum.core.errors import FactotumError, RetryLater
from factotum.core.http import Request, Response
from factotum.core.ports import Clock
from factotum.runs.context import RunContext
from factotum.runs.lateness import Lateness
from factotum.runs.ledger import wait_for_a_person
from factotum.runs.looking import Lookout
from factotum.runs.read_back_rule import (
    Rule,
    answer,
    at,
    filled,
    match,
    rule_for,
    seconds,
    timestamp,
)
from factotum.runs.run import EffectRow
from factotum.runs.waiting import NotYetSure, Wait

TRIES = 6  # looks that may fail before a person is asked
DIFFERENT = 5.0  # seconds; clocks that differ by less are taken for the same
PROMPT = 5.0  # seconds; who takes longer to answer may take as long to do what they got before
SLOW = FactotumError("The service takes long to answer.")
LATE = FactotumError("The service takes long with other requests, and may yet come to this one.")
PAGES = 32  # of what the account has done; X shows the last 3,200 posts, 100 a page


Items = Sequence[Mapping[str, Any]]


class ServiceData(Protocol):
    """What connected services say of themselves."""

    async def read_back(self, account_id: int | None) -> Mapping[str, Any]:
        """Of the service that an account belongs to, in the words of ``records.read_back``; or {}."""


class ServiceReadBack:
    """Fulfils ``runs.ledger.ReadBack`` from what files and connected services say."""

    def __init__(
        self,
        lookout: Lookout,
        services: ServiceData,
        clock: Clock,
        lateness: Lateness,
    ) -> None:
        self._lookout = lookout
        self._services = services
        self._clock = clock
        self._lateness = lateness

    async def look(self, request: Request, row: EffectRow, context: RunContext) -> Response | None:
        """The answer the request would have got; None where it surely was not done.

        ``Wait`` until the next look, or for a person where the service cannot be asked; ``NotYetSure``
        where it is not well: then the seconds count anew from here.
        """
        rule = rule_for(request, await self._services.read_back(row.account_id))
        if rule is None or row.account_id is None or not rule.wanted(request):
            raise wait_for_a_person(row)
        began = monotonic()
        try:
            items, sent_at = await self._since_sending(rule, row, row.account_id, context)
        except FactotumError as error:
            raise self._again(row, error, context) from None
        found = match(rule, request, items, sent_at)
        if found is not None:
            return answer(rule, request, found)
        if monotonic() - began > PROMPT:
            raise self._again(row, SLOW, context)
        seconds = self._lateness.next_look(row, rule.looks_after_seconds)
        if not seconds and await self._lateness.is_likely(row):
            raise self._again(row, LATE, context)
        if seconds:
            raise self._wait(row, seconds)
        return None

    def _wait(self, row: EffectRow, seconds: float) -> Wait:
        if seconds == inf:
            return wait_for_a_person(row)
        reason = f"{row.method} {row.host} got no answer; whether it happened is looked up."
        if row.timed_out:
            reason += (
                " It was not answered in time, so it may come late: say so if you know better."
            )
        return Wait(self._now() + seconds, reason, "checking")

    def _again(self, row: EffectRow, error: FactotumError, context: RunContext) -> Wait:
        reason = (
            f"Whether {row.method} {row.host} happened could not be looked up: {error.sentence}"
        )
        if isinstance(error, RetryLater):
            return NotYetSure(error.until or self._now() + error.after, reason, "checking")
        context.tries[f"look {row.key}"] += 1
        tries = context.tries[f"look {row.key}"]
        if tries > TRIES:
            return wait_for_a_person(row)
        return NotYetSure(self._now() + 5.0 * 2**tries, reason, "checking")

    async def _since_sending(
        self, rule: Rule, row: EffectRow, account_id: int, context: RunContext
    ) -> tuple[Items, float]:
        """What the account has done since then, newest first; and when that was, by the service's clock."""
        for _ in range(2):  # the service's clock may be known only once it has answered
            known = max(self._lookout.ahead(rule.origin), 0.0)
            sent_at = row.intended_at - (known if known > DIFFERENT else 0.0)
            items = await self._items(rule, sent_at, account_id, context)
            ahead = self._lookout.ahead(rule.origin)
            if ahead - known < DIFFERENT:
                break
        if sent_at - rule.earlier_seconds > self._now() - ahead:
            raise wait_for_a_person(row)  # ours was wrong then, and nobody knows by how much
        return items, sent_at

    async def _items(
        self, rule: Rule, sent_at: float, account_id: int, context: RunContext
    ) -> Items:
        """What was done since, as the service shows it, newest first."""
        look, found = rule.service["look"], rule.service["found"]
        since = sent_at - rule.earlier_seconds
        words = {**rule.words, "since": timestamp(since)}
        words |= await self._lookout.first(rule, account_id, context)
        author = filled(rule.service.get("by", ""), words)
        path = filled(look["path"], {name: quote(words[name], safe="%:") for name in words})
        items: list[Mapping[str, Any]] = []
        token = None
        for _ in range(PAGES):
            mark = "&" if "?" in path else "?"
            more = f"{mark}{look['page']}={quote(str(token), safe='')}" if token else ""
            body = await self._lookout.get(rule.origin + path + more, account_id, context)
            page = at(body, found["items"]) or []
            if len(page) >= look.get("most", len(page) + 1):
                break
            items += [each for each in page if not author or at(each, found["by"]) == author]
            token = _next(look, body, page)
            if not token or seconds(str(at(page[-1], found["at"]) or "")) < since:
                return items
        raise FactotumError("More has been done since than can be looked through.")

    def _now(self) -> float:
        return self._clock().at.timestamp()


def _next(look: Mapping[str, Any], body: Mapping[str, Any], page: Sequence[Any]) -> Any:
    """What the next page is asked for with, if there may be one."""
    if not page or not look.get("page"):
        return None
    return at(page[-1], look["after"]) if look.get("after") else at(body, look["next"])
