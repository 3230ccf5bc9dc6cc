import asyncio

import pytest

from factotum.core.single_flight import SingleFlight


class LookUp:
    """Counts how often it was asked; answers when it is let."""

    def __init__(self, error: Exception | None = None) -> None:
        self.count = 0
        self.let = asyncio.Event()
        self._error = error

    async def __call__(self) -> int:
        self.count += 1
        count = self.count
        await self.let.wait()
        if self._error is not None:
            raise self._error
        return count


async def test_all_who_ask_at_once_share_one_look_up_and_later_ones_get_a_new_one():
    flights, look_up = SingleFlight[int](), LookUp()
    asking = [asyncio.create_task(flights.fly("a", look_up)) for _ in range(5)]
    other = asyncio.create_task(flights.fly("b", look_up))
    await asyncio.sleep(0)
    look_up.let.set()

    assert await asyncio.gather(*asking) == [1] * 5
    assert await other == 2
    assert await flights.fly("a", look_up) == 3


async def test_an_error_reaches_all_and_is_not_kept():
    flights, look_up = SingleFlight[int](), LookUp(ValueError("no"))
    asking = [asyncio.create_task(flights.fly("a", look_up)) for _ in range(3)]
    await asyncio.sleep(0)
    look_up.let.set()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(error) for error in found] == ["no"] * 3
    with pytest.raises(ValueError, match="no"):
        await flights.fly("a", look_up)
    assert look_up.count == 2


async def test_who_goes_away_does_not_take_the_answer_from_the_others():
    flights, look_up = SingleFlight[int](), LookUp()
    first = asyncio.create_task(flights.fly("a", look_up))
    second = asyncio.create_task(flights.fly("a", look_up))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    look_up.let.set()

    assert await second == 1
    assert look_up.count == 1
