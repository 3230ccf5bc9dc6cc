"""Whether there is room at the service for one more request, and what its answer says of that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from factotum.core.errors import FactotumError, NoAnswer, Refused, RetryLater
from factotum.core.http import Request, Response
from factotum.core.ports import Clock
from factotum.runs.limits.keeping import SharedWindows
from factotum.runs.limits.reading import LONGEST, Reading, by_name, readings
from factotum.runs.limits.refusals import PROBE_SECONDS, Refusal, refusal, sentence
from factotum.runs.limits.rules import Rules, rules_for
from factotum.runs.limits.service_clocks import ServiceClocks
from factotum.runs.limits.windows import EVERY, Live, Window, WindowKey

STOP = "stop"
PROBE_ANSWERS = 60.0  # seconds in which the one request that tries again should be answered


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is. ``app_id`` is the account's service; ids are 0 where there is none."""

    account_id: int
    app_id: int
    bot_id: int
    name: str = ""


@dataclass(slots=True)
class Place:
    """One request on its way: its windows, in which it counts as under way until it is back."""

    caller: Caller
    rules: Rules
    host: str
    family: str
    windows: Sequence[Live]
    entered_at: float
    probe: Live | None = None

    def key(self, scope: str, family: str, name: str) -> WindowKey:
        """A window of this request; what has no account belongs to the host alone."""
        if not self.caller.account_id:
            return WindowKey("host", 0, self.host, family, name)
        if scope == "app" and self.caller.app_id:
            return WindowKey("app", self.caller.app_id, self.host, family, name)
        return WindowKey("account", self.caller.account_id, self.host, family, name)

    @property
    def service(self) -> str:
        """What a person calls it."""
        return self.rules.name or self.host


class LimitGate:
    """Looks at what is known before a request, and learns from its answer."""

    def __init__(self, shared: SharedWindows, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self._refused: dict[WindowKey, tuple[int, float]] = {}
        self._clocks = ServiceClocks()

    async def enter(self, request: Request, caller: Caller) -> Place:
        """The request's place. RetryLater where there is no room, or it is another bot's turn."""
        await self._shared.up_to_date()
        now = self._clock().at.timestamp()
        place = self._place(request, caller, now)
        for live in place.windows:
            self._check(place, live, now)
        for live in place.windows:
            live.under_way += 1
            self._shared.asked(live, caller.bot_id, now, goes=True)
        return place

    def leave(
        self,
        place: Place,
        response: Response | None,
        failure: BaseException | None = None,
        now: float | None = None,
    ) -> RetryLater | None:
        """The request is back; what it was refused for, where it was for want of room."""
        now = self._clock().at.timestamp() if now is None else now
        for live in place.windows:
            live.under_way -= 1
        if response is None or _is_of_another(response, place):
            self._unanswered(place, failure, now)
            return None
        return self._answered(place, response, now)

    def stops(self, now: float) -> list[Window]:
        """The refusals that hold now."""
        windows = (live.window for live in self._shared.windows)
        return [each for each in windows if each.is_stop and each.code and each.reset_at > now]

    async def go_on(self, account_id: int, app_id: int) -> int:
        """Somebody says that there is room again: lift what stops this account; how many things."""
        await self._shared.refresh()
        now = self._clock().at.timestamp()
        whose = {("account", account_id), ("app", app_id)}
        windows = [live.window for live in self._shared.windows]
        full = [
            window
            for window in windows
            if window.key[:2] in whose and not window.remaining and window.reset_at > now
        ]
        for window in full:
            self._shared.lift(window)
        await self._shared.refresh()
        return sum(1 for window in full if window.code)

    async def refresh(self) -> None:
        """Exchange what is known with other workers now."""
        await self._shared.refresh()

    async def drain(self) -> None:
        """What was learned is on disk."""
        await self._shared.drain()

    def give_up(self, place: Place) -> None:
        """The request will not be sent after all."""
        self.leave(place, None, Refused("It was not sent."))

    def _place(self, request: Request, caller: Caller, now: float) -> Place:
        rules, host, family = where(request.method, request.url.partition("?")[0])
        place = Place(caller, rules, host, family, (), now)
        known = self._shared.windows
        found = list(known.at(*place.key("account", "", "")[:3], place.family))
        if caller.app_id and caller.account_id:
            found += known.at("app", caller.app_id, host, place.family)
        place.windows = found
        return place

    def _check(self, place: Place, live: Live, now: float) -> None:
        window, bot = live.window, place.caller.bot_id
        if window.is_stop and window.reset_at <= now:
            if window.code == "out-of-credits":
                self._try_again(place, live, now)
            return
        live.roll(now)
        room = live.room(now)
        if room > 0 and live.turn_of(bot, room, now):
            return
        self._shared.asked(live, bot, now, goes=False)
        if room > 0:
            raise _not_its_turn(place, live.next_turn(bot, now), now)
        raise _no_room(place, window, now)

    def _try_again(self, place: Place, live: Live, now: float) -> None:
        """One request finds out whether there are credits again; the others wait for its answer."""
        place.probe = live
        held = Window(live.window.key, 0, 0, now + PROBE_ANSWERS, now, "out-of-credits")
        self._shared.learn(held)

    def _unanswered(self, place: Place, failure: BaseException | None, now: float) -> None:
        """Where it may have arrived, the service has counted it."""
        if isinstance(failure, NoAnswer | Refused) and not failure.sent:
            return
        for live in place.windows:
            if not live.window.is_stop and live.window.reset_at > now:
                live.spend()

    def _answered(self, place: Place, response: Response, now: float) -> RetryLater | None:
        headers = by_name(response.headers)
        behind = self._clocks.behind(place.host, headers, now)
        theirs = now - behind  # by the clock that it goes by
        told = readings(place.rules, headers, theirs, place.family)
        for reading in told:
            if reading.reset_at > theirs:  # else a late answer of a window that has ended
                self._learn(place, reading, now, behind)
        stop_key = place.key("account", place.family, STOP)
        repeated = self._repeated(stop_key, place)
        refused = None
        if response.status in _MAY_REFUSE or (response.status == 200 and _is_small(response)):
            refused = refusal(place.rules, response, headers, told, theirs, repeated=repeated)
        if refused is None:
            self._refused.pop(stop_key, None)
            if place.probe is not None and response.status < 500:
                self._shared.lift(place.probe.window)
            return None
        if len(self._refused) < 10_000:
            self._refused[stop_key] = repeated + 1, now
        return self._stop(place, refused, now, behind)

    def _repeated(self, key: WindowKey, place: Place) -> int:
        """How often in a row it was refused before; those refused at the same time count as one."""
        count, last = self._refused.get(key, (0, 0.0))
        return count if place.entered_at > last else max(count - 1, 0)

    def _learn(self, place: Place, reading: Reading, now: float, behind: float) -> None:
        key = place.key(reading.scope, reading.family or place.family, reading.name)
        limit = max(reading.limit, reading.remaining, 1)
        if reading.limit == 0:
            limit = 1
        until = reading.reset_at + behind
        self._shared.learn(
            Window(key, limit, reading.remaining, until, now, reading.code, reading.label)
        )

    def _stop(self, place: Place, refused: Refusal, now: float, behind: float) -> RetryLater:
        family = EVERY if refused.whole else place.family
        key = place.key(refused.scope, family, STOP)
        what = place.family if not refused.whole else "all requests"
        until = max(refused.until + behind, now + 1.0)
        text = sentence(refused.code, _who(place), what, until, now)
        self._shared.learn(Window(key, 0, 0, until, now, refused.code, "", text))
        return RetryLater(text, after=until - now, code=refused.code, until=until)


@lru_cache(maxsize=4096)
def where(method: str, url: str) -> tuple[Rules, str, str]:
    """The rules for an address, the host as they call it, and the family."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2].lower()
    rules = rules_for(netloc)
    return rules, rules.host(netloc), rules.family(method, parts.path)


_MAY_REFUSE = frozenset({402, 403, 429, 503})
_SMALL = 1024


def _is_small(response: Response) -> bool:
    """Some say no with 200; such an answer is short."""
    return len(response.body) <= _SMALL


def _who(place: Place) -> str:
    name = place.caller.name
    return f"{place.service} (as {name})" if name and name != place.service else place.service


def _no_room(place: Place, window: Window, now: float) -> RetryLater:
    until = window.reset_at if window.reset_at > now else now + 1.0
    if window.is_stop and window.sentence and window.code != "out-of-credits":
        text = window.sentence
    else:
        text = sentence(window.code, _who(place), _what(place, window), until, now)
    after = until - now
    if window.code == "out-of-credits":
        after = min(after, PROBE_SECONDS)
    return RetryLater(text, after=min(after, LONGEST), code=window.code, until=until)


def _what(place: Place, window: Window) -> str:
    if window.is_stop:
        return place.family if window.key.family != EVERY else "all requests"
    span = f" in {window.label}" if window.label else ""
    whose = " for the whole app" if window.key.scope == "app" else ""
    return f"{place.family}: {window.limit:,}{span}{whose}"


def _is_of_another(response: Response, place: Place) -> bool:
    """Whether another host answers, to which the request was sent on: its limits are its own."""
    return response.is_redirected and where("GET", response.url)[1] != place.host


def _not_its_turn(place: Place, until: float, now: float) -> RetryLater:
    clock = math.ceil(until - now)
    return RetryLater(
        f"{_who(place)} has little room left for {place.family}, and other bots wait for theirs. "
        f"This bot's turn comes in {clock} seconds at the latest.",
        after=until - now,
        code="rate-limited",
        until=until,
    )


def describe(error: FactotumError) -> dict[str, object]:
    """What a journal keeps of a refusal."""
    told: dict[str, object] = {"code": error.code, "sentence": error.sentence}
    if isinstance(error, RetryLater) and error.until is not None:
        told["until"] = error.until
    return told
