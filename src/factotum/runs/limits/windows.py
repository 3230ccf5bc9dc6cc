"""Windows as this process knows them: what is left, what is under way, and whose turn it is.

A window belongs to an account or to an app (its service), to one host and one endpoint family; family
``*`` is all of them. A *stop* is a window with nothing left and a code of its own: a refusal said so.

Of two that are told the one that was seen later counts, and within one window the smaller rest: so
what several workers know can be put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

EVERY = "*"
SAME = 2.0
"""Windows that end within so many seconds of each other are one: some services round."""
ACTIVE_SECONDS = 60.0
"""How long after its last request a bot still counts among those who share a window."""
MOST_WINDOWS = 20_000


class WindowKey(NamedTuple):
    """``scope`` is account, app or host; ``scope_id`` the record's id (0 for a host)."""

    scope: str
    scope_id: int
    host: str
    family: str
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """What is known of one. Times in seconds since 1970; ``seen_at`` is when the service said so.

    ``limit`` 0 is a stop, ``code`` its reason; "" where it was lifted.
    """

    key: WindowKey
    limit: int
    remaining: int
    reset_at: float
    seen_at: float
    code: str = "rate-limited"
    label: str = ""
    sentence: str = ""

    @property
    def is_stop(self) -> bool:
        """Whether nothing goes at all until it ends."""
        return self.limit == 0


@dataclass(frozen=True, slots=True)
class Use:
    """How often a bot has used a window, ``since`` its beginning; kept while room is scarce."""

    key: WindowKey
    bot_id: int
    reset_at: float
    used: int
    asked_at: float


def newer(known: Window, told: Window) -> Window:
    """Both put together; the same in either order."""
    if (
        told.seen_at > known.seen_at
        and 0 <= told.reset_at - known.reset_at <= SAME
        and told.remaining <= known.remaining
        and not (known.is_stop or told.is_stop)
    ):
        return told  # as almost always
    later = max(known, told, key=lambda each: (each.seen_at, each.reset_at, -each.remaining))
    if known.is_stop or told.is_stop or not _is_one(known, told):
        return later
    return replace(
        later,
        remaining=min(known.remaining, told.remaining),
        reset_at=max(known.reset_at, told.reset_at),
    )


def _is_one(known: Window, told: Window) -> bool:
    """Whether both are of one window: what was said after an end is of the next, however short."""
    ends = known.reset_at, told.reset_at
    return max(ends) - min(ends) <= SAME and max(known.seen_at, told.seen_at) < min(ends)


def _said(window: Window) -> tuple[object, ...]:
    """What others have to know; when it was said matters only beside something else."""
    return window.remaining, window.reset_at, window.limit, window.code, window.sentence


@dataclass(slots=True)
class Share:
    """One bot at one window: ``unsaid`` is what other workers have not been told yet."""

    used: int = 0
    asked_at: float = 0.0
    waits: bool = False
    unsaid: int = 0


@dataclass(slots=True)
class Live:
    """A window with what this process does at it."""

    window: Window
    under_way: int = 0
    is_over: bool = False
    shares: dict[int, Share] = field(default_factory=dict)

    def room(self, now: float) -> int:
        """How many requests more; after the window's end, a whole new one."""
        window = self.window
        if window.reset_at <= now:
            return (1 << 30) if window.is_stop else window.limit - self.under_way
        return window.remaining - self.under_way

    @property
    def is_scarce(self) -> bool:
        """Whether bots have to share: less than half is left."""
        return not self.is_over and self.window.remaining * 2 < self.window.limit

    def turn_of(self, bot_id: int, room: int, now: float) -> bool:
        """Whether this bot may use one of ``room``: what others still have to get is left to them.

        Each bot that asked lately has an equal part of what they have used and what is left; who has
        had theirs takes only what nobody else has a part in. That holds once room is scarce or
        somebody waits.
        """
        if self.window.is_stop:
            return True
        others = [
            share
            for bot, share in self.shares.items()
            if bot != bot_id and now - share.asked_at < ACTIVE_SECONDS
        ]
        if not others or not (self.is_scarce or any(share.waits for share in others)):
            return True
        mine = self.shares.get(bot_id, Share())
        fair = (room + mine.used + sum(share.used for share in others)) / (len(others) + 1)
        unmet = sum(max(0.0, fair - share.used) for share in others)
        return mine.used < fair or room > unmet

    def next_turn(self, bot_id: int, now: float) -> float:
        """When it is worth while to ask again, where it is others' turn."""
        asked = [share.asked_at for bot, share in self.shares.items() if bot != bot_id]
        quiet = max(max(asked, default=now) + ACTIVE_SECONDS, now + 1.0)
        return min(self.window.reset_at, quiet) if self.window.reset_at > now else quiet

    def asked(self, bot_id: int, now: float, *, goes: bool) -> None:
        """Note that this bot has asked, and whether it got through."""
        share = self.shares.setdefault(bot_id, Share())
        share.asked_at = now
        share.waits = not goes
        if goes:
            share.used += 1
            share.unsaid += 1

    def spend(self) -> None:
        """One less is left, though nobody said so."""
        self.window = replace(self.window, remaining=max(0, self.window.remaining - 1))

    def take(self, use: Use) -> None:
        """What all workers together know of one bot, with what was not said yet."""
        if self.is_over or abs(self.window.reset_at - use.reset_at) > SAME:
            return
        share = self.shares.setdefault(use.bot_id, Share())
        share.used = use.used + share.unsaid
        share.asked_at = max(share.asked_at, use.asked_at)

    def learn(self, told: Window) -> bool:
        """What the service, or another worker, says; whether that is news to anybody."""
        known = self.window
        self.window = newer(known, told)
        is_next = self.window is not known and not _is_one(known, self.window)
        if is_next and not self.window.is_stop:
            if not self.is_over:
                self._share_anew(self.window.seen_at)
            self.is_over = False
        return self.window is not known and _said(self.window) != _said(known)

    def roll(self, now: float) -> None:
        """Where the window has ended a new one begins, of which no answer has told yet."""
        if not self.is_over and not self.window.is_stop and self.window.reset_at <= now:
            self.is_over = True
            self._share_anew(now)

    def _share_anew(self, now: float) -> None:
        """Nobody has used it; who waited for it gets their part before others get more."""
        self.shares = {
            bot: Share(asked_at=now, waits=True)
            for bot, share in self.shares.items()
            if share.waits
        }


class Windows:
    """All windows this process knows, by whose they are."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int, str, str], dict[str, Live]] = {}
        self._count = 0

    def at(self, scope: str, scope_id: int, host: str, family: str) -> Iterable[Live]:
        """The windows that a request of this family meets there."""
        for name in (family, EVERY):
            if (place := self._places.get((scope, scope_id, host, name))) is not None:
                yield from place.values()

    def get(self, key: WindowKey) -> Live | None:
        """One window, or None."""
        return self._places.get(key[:4], {}).get(key.name)

    def learn(self, told: Window) -> tuple[Live, bool]:
        """Put what is told to what is known; the window, and whether that was news."""
        place = self._places.setdefault(told.key[:4], {})
        live = place.get(told.key.name)
        if live is not None:
            return live, live.learn(told)
        live = place[told.key.name] = Live(told)
        self._count += 1
        if self._count > MOST_WINDOWS:
            self._forget_over(told.seen_at)
        return live, True

    def of(self, scope: str, scope_id: int) -> list[Window]:
        """What is known of one account or app."""
        return [live.window for live in self if live.window.key[:2] == (scope, scope_id)]

    def __iter__(self) -> Iterator[Live]:
        for place in list(self._places.values()):
            yield from list(place.values())

    def forget_after(self, now: float) -> None:
        """Without what was seen later than that, by a clock that was ahead."""
        self._keep([live for live in self if live.window.seen_at <= now])

    def _forget_over(self, now: float) -> None:
        """Room for others: windows that have ended tell nothing any more, then the oldest."""
        kept = [live for live in self if live.window.reset_at > now or live.under_way]
        kept.sort(key=lambda live: live.window.seen_at, reverse=True)
        self._keep(kept[: MOST_WINDOWS // 2])

    def _keep(self, kept: list[Live]) -> None:
        self._places.clear()
        for live in kept:
            self._places.setdefault(live.window.key[:4], {})[live.window.key.name] = live
        self._count = len(kept)
