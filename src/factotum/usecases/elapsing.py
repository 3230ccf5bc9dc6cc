"""Whether as much time has passed as the clock says, before something is forgotten for its age.

A clock that leaps (set by hand, of a machine that came back, without a battery) makes everything old at
once, and what is deleted does not come back when it is mended. That nothing ran meanwhile looks the same from
here. So after a gap nothing is old for a while, which is a tenth of it and a day at most: long enough for
somebody to see what the log says, short enough for a machine that is off each night.
"""

from __future__ import annotations

import logging

from factotum.core.ports import Threads
from factotum.runs.set_back import LatestTimes

GAP = 2 * 3600.0  # seconds; a round is made each hour
LONGEST = 86400.0  # seconds
TOLD = 86400.0  # seconds; what is less is a machine that was off

LOOKED, BELIEVED = "house-keeping", "house-keeping believes"

log = logging.getLogger(__name__)


class Elapsing:
    """What the clock showed at the last round, of whichever process; and from when on it is believed."""

    def __init__(self, times: LatestTimes, threads: Threads) -> None:
        self._times = times
        self._threads = threads

    async def is_sure(self, now: float) -> bool:
        """Whether things are as old as they seem; asked once a round.

        A clock that goes back to where it was before is believed at once.
        """
        last = await self._threads.run(self._times.latest, LOOKED)
        believed = await self._threads.run(self._times.latest, BELIEVED) or 0.0
        gap = 0.0 if last is None else now - last
        pause = min(gap / 10, LONGEST)
        if gap > GAP and believed < now + pause:
            believed = now + pause
            await self._threads.run(self._times.keep, BELIEVED, believed)
        if gap > TOLD:
            log.warning(
                "The clock shows %.0f days more than at the last look. If nothing ran meanwhile, all is "
                "well; if not, set it: what is old is deleted in %.0f hours.",
                gap / 86400,
                pause / 3600,
            )
        await self._threads.run(self._times.keep, LOOKED, now)
        return not now < believed <= now + LONGEST
