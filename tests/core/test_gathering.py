import asyncio

import pytest

from factotum.core.gathering import Gathered


class LookUp:
    """Keeps what it was asked for together; answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.let = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, keys):
        self.asked.append(sorted(keys))
        await self.let.wait()
        if self.error is not None:
            raise self.error
        return {key: key * 10 for key in keys if key < 5}


async def begun(gathered, *keys):
    asking = [asyncio.create_task(gathered.get(key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return asking


async def test_who_asks_while_a_look_up_is_under_way_shares_the_next():
    look_up = LookUp()
    gathered = Gathered(look_up)
    first = await begun(gathered, 1, 2, 2)
    others = await begun(gathered, 3) + await begun(gathered, 2, 7)
    assert look_up.asked == [[1, 2]]
    look_up.let.set()

    assert await asyncio.gather(*first) == [10, 20, 20]
    assert await asyncio.gather(*others) == [30, 20, None]
    assert look_up.asked == [[1, 2], [2, 3, 7]]


async def test_an_error_reaches_those_who_asked_and_nobody_after_them():
    look_up = LookUp()
    look_up.error = ValueError("no")
    gathered = Gathered(look_up)
    first = await begun(gathered, 1)
    look_up.let.set()
    with pytest.raises(ValueError, match="no"):
        await first[0]
    look_up.error = None

    assert await gathered.get(1) == 10
