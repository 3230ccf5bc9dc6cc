"""Windows that all workers share: known in memory, exchanged with the store in the background."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from factotum.core.ports import Clock, Threads
from factotum.core.single_flight import SingleFlight
from factotum.runs.batches import Batches
from factotum.runs.limits.ports import LimitStore
from factotum.runs.limits.windows import Live, Use, Window, WindowKey, Windows

LINGER = 0.25  # seconds that an answer's news may wait for others to share their way to the disk …
LEISURE = 2.0  # … where there is plenty of room, so that nobody has to know
STALE = 2.0  # seconds after which other workers' news are fetched, while nobody waits
UNKNOWN = 5.0  # seconds after which they are waited for
SET_BACK = 5.0  # seconds by which a clock may go wrong without being looked into


class SharedWindows:
    """``windows`` is what this process knows."""

    def __init__(self, store: LimitStore, threads: Threads, clock: Clock) -> None:
        self.windows = Windows()
        self._store = store
        self._threads = threads
        self._clock = clock
        self._fresh: dict[WindowKey, Window] = {}
        self._shared: dict[WindowKey, Live] = {}
        self._mark = 0.0
        self._latest = 0.0
        self._read_at = -UNKNOWN
        self._batches = Batches(self._exchange, LINGER, "Limits of services")
        self._reading: SingleFlight[None] = SingleFlight()

    async def up_to_date(self) -> None:
        """Waits only where this process has not looked for a while, or the clock was set back."""
        age = monotonic() - self._read_at
        if age > UNKNOWN or self._is_set_back(self._clock().at.timestamp()):
            await self._reading.fly("news", self._exchange)
        elif age > STALE:
            self._batches.due()

    def learn(self, told: Window) -> None:
        """A service has said so; other workers learn it in a moment."""
        live, is_news = self.windows.learn(told)
        if is_news:
            self._fresh[told.key] = live.window
            self._batches.due(LINGER if live.is_scarce else LEISURE)

    def asked(self, live: Live, bot_id: int, now: float, *, goes: bool) -> None:
        """A bot has asked; where room is scarce, other workers' bots take account of it."""
        live.asked(bot_id, now, goes=goes)
        if live.is_scarce and not live.window.is_stop:
            self._shared[live.window.key] = live
            self._batches.due()

    def lift(self, window: Window) -> None:
        """End a stop, or a window that is used up, for every worker."""
        now = max(self._clock().at.timestamp(), window.seen_at + 0.001)
        code = "" if window.is_stop else window.code
        left = window.limit
        self.learn(Window(window.key, window.limit, left, now, now, code, window.label))

    async def drain(self) -> None:
        """Everything told so far is on disk."""
        await self._batches.drain()

    async def refresh(self) -> None:
        """Tell other workers what is new here, and learn what is new there, at once."""
        await self._exchange()

    async def _exchange(self) -> None:
        if self._is_set_back(now := self._clock().at.timestamp()):
            self._forget_after(now)
        self._latest = now
        windows, uses = list(self._fresh.values()), self._uses()
        self._fresh.clear()
        self._shared.clear()
        try:
            news = await self._threads.run(self._store.exchange, windows, uses, self._mark)
        except BaseException:
            self._fresh = {window.key: window for window in windows} | self._fresh
            raise
        self._mark, self._read_at = news.mark, monotonic()
        for window in news.windows:
            self.windows.learn(window)
        self._take(uses, news.uses)

    def _is_set_back(self, now: float) -> bool:
        return now < self._latest - SET_BACK

    def _forget_after(self, now: float) -> None:
        """What was said while the clock was ahead would hold for too long; the service says it again."""
        self._mark = 0.0
        self.windows.forget_after(now)
        self._fresh = {key: each for key, each in self._fresh.items() if each.seen_at <= now}

    def _uses(self) -> list[Use]:
        """What bots did where they have to share, and other workers were not told of yet."""
        return [
            Use(key, bot_id, live.window.reset_at, share.unsaid, share.asked_at)
            for key, live in self._shared.items()
            for bot_id, share in live.shares.items()
        ]

    def _take(self, said: Sequence[Use], news: Sequence[Use]) -> None:
        for use in said:
            live = self.windows.get(use.key)
            if live is not None and use.bot_id in live.shares:
                share = live.shares[use.bot_id]
                share.unsaid = max(0, share.unsaid - use.used)
        for use in news:
            if (live := self.windows.get(use.key)) is not None:
                live.take(use)
