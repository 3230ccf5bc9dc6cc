"""Delays: who waits for them, and for how long. The clock is moved, nothing sleeps."""

import pytest

from factotum.bots.effects import BeginDelay, Delay
from factotum.core.errors import BehaviorFault
from factotum.core.values import Moment
from factotum.runs.delaying import DelayEffects
from factotum.runs.waiting import Wait

pytestmark = pytest.mark.django_db(transaction=True)

NOON = 1_800_000_000


class Hands:
    """Delays on a clock that sleeping moves."""

    def __init__(self):
        self.now, self.slept = float(NOON), []
        self.delays = DelayEffects(lambda: Moment.of(self.now), self._sleep)

    async def _sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    async def wait(self, seconds, context, path="0#0"):
        effect = Delay(path=path, until=NOON + seconds, words=f"{seconds} seconds")
        return await self.delays.wait(effect, context)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def durable(journals):
    context = journals.context(driver="durable")
    context.is_durable = True
    return context


async def test_a_durable_run_waits_until_the_clock_has_come_to_its_end(hands, durable):
    with pytest.raises(Wait) as parked:
        await hands.wait(600, durable)
    wait = parked.value
    assert (wait.until, wait.code) == (NOON + 600, "delay")
    assert wait.reason == "The behavior waits here: “600 seconds”."

    hands.now = NOON + 600
    assert await hands.wait(600, durable) is None

    hands.now = NOON - 3600  # set back: it waits on
    with pytest.raises(Wait):
        await hands.wait(600, durable)
    assert hands.slept == []


async def test_somebody_ends_one_delay_and_not_the_next(hands, durable):
    durable.cut_short = "2[1]:0#0"
    assert await hands.wait(600, durable, path="2[1]:0#0") is None
    with pytest.raises(Wait):
        await hands.wait(600, durable, path="2[2]:0#0")


async def test_where_somebody_waits_delays_last_seconds_together(hands, journals):
    context = journals.context()
    await hands.wait(10, context)
    await hands.wait(30, context)
    await hands.wait(-5, context)
    assert hands.slept == [10, 20]

    with pytest.raises(BehaviorFault, match=r"together then\. Run it in the background") as refused:
        await hands.wait(31, context)
    assert (refused.value.code, hands.slept) == ("delay-too-long", [10, 20])


async def test_a_simulation_waits_for_nothing(hands, journals):
    context = journals.context(driver="simulated")
    context.simulate = True
    await hands.wait(86400, context)
    assert hands.slept == []


async def test_what_is_begun_is_recorded_with_its_end(hands, durable):
    assert await hands.delays.begin(BeginDelay(path="0#0", until=NOON + 5), durable) == NOON + 5
