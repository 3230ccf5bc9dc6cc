"""The attended driver: effects in their order, refusals into the walk, replays that do nothing twice."""

import pytest

from factotum.bots.effects import Ask, CallHttp, GetKey, HttpResult, Note, ReadClock, SetKey
from factotum.bots.recording import encode_result
from factotum.core.errors import BehaviorFault, NotFound, Refused
from factotum.runs.attended import Driver, Parked
from factotum.runs.pacing import Ended

pytestmark = pytest.mark.django_db(transaction=True)


class Hands:
    """Handlers that keep what they did."""

    def __init__(self, clock):
        self.done = []
        self.handlers = {ReadClock: self._clock, GetKey: self._get, CallHttp: self._call}
        self._now = clock

    async def _clock(self, effect, _context):
        self.done.append(effect)
        return self._now()

    async def _get(self, effect, _context):
        self.done.append(effect)
        if effect.key == "forbidden":
            raise Refused("Not this one.", code="no")
        return f"value of {effect.key}"

    async def _call(self, effect, _context):
        self.done.append(effect)
        return HttpResult(body={"id": 7}, http_code=200)


@pytest.fixture
def hands(journals):
    return Hands(journals.clock)


def talk():
    """Reads, calls, asks, reads again: what it returns depends on all of it."""
    yield Note(path="0", kind="node", title="first")
    moment = yield ReadClock(path="0")
    answer = yield CallHttp(path="0#0", method="POST", url="http://x/")
    yield Note(path="0#0", kind="action", title="called")
    said = yield Ask(path="1#0", kind="text")
    yield Note(path="1", kind="node", title="last")
    value = yield GetKey(path="2#0", key=said["message"])
    return moment.seed, answer.body["id"], said["message"], value


async def test_a_walk_is_given_the_results_of_its_effects(journals, hands):
    def walk():
        first = yield GetKey(path="0#0", key="a")
        second = yield GetKey(path="0#1", key="b")
        return [first, second]

    ended = await Driver(hands.handlers).drive(walk(), journals.context())

    assert ended == Ended(["value of a", "value of b"])
    assert [effect.key for effect in hands.done] == ["a", "b"]


async def test_a_refusal_is_raised_inside_the_walk_which_may_go_on(journals, hands):
    def walk():
        try:
            yield GetKey(path="0#0", key="forbidden")
        except Refused as refusal:
            return refusal.sentence

    ended = await Driver(hands.handlers).drive(walk(), journals.context())
    assert ended == Ended("Not this one.")


async def test_a_refusal_that_the_walk_does_not_catch_ends_it(journals, hands):
    def walk():
        yield GetKey(path="0#0", key="forbidden")

    with pytest.raises(Refused, match="Not this one"):
        await Driver(hands.handlers).drive(walk(), journals.context())


async def test_what_nobody_can_do_is_a_fault_of_the_behavior(journals, hands):
    def walk():
        yield SetKey(path="3#1", key="a", value="b")

    with pytest.raises(BehaviorFault, match="SetKey cannot be done") as fault:
        await Driver(hands.handlers).drive(walk(), journals.context())
    assert fault.value.node == "3#1"


async def test_it_parks_where_a_person_is_asked_and_goes_on_without_doing_anything_twice(
    journals, hands
):
    driver, recorded = Driver(hands.handlers), []

    def record(effect, result):
        recorded.append(encode_result(effect, result))

    first = journals.context()
    parked = await driver.drive(talk(), first, record=record)
    await first.journal.finish("waiting")
    assert isinstance(parked, Parked)
    assert parked.ask.path == "1#0"

    recorded.append({"message": "k"})
    done_before = list(hands.done)
    second = journals.context()
    ended = await driver.drive(talk(), second, results=list(recorded), record=record)
    await second.journal.finish("done")

    assert [effect.path for effect in hands.done[len(done_before) :]] == ["2#0"]
    assert ended.result[1:] == (7, "k", "value of k")
    assert ended.result[0] == int(recorded[0]["seed"])
    assert [step.title for step in await journals.steps(first.journal)] == ["first", "called"]
    assert [step.title for step in await journals.steps(second.journal)] == ["last"]


async def test_a_replayed_refusal_is_raised_again(journals, hands):
    def walk():
        try:
            yield GetKey(path="0#0", key="x")
        except NotFound as error:
            return error.sentence

    recorded = encode_result(GetKey(key="x"), NotFound("It is gone."))
    ended = await Driver(hands.handlers).drive(walk(), journals.context(), results=[recorded])

    assert ended == Ended("It is gone.")
    assert hands.done == []
