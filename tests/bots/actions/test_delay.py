from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.bots.driving import MONDAY, SCRIPTS, World, action, behavior, setting

from factotum.bots.availability import unavailable_parts
from factotum.bots.behavior import Bot
from factotum.bots.effects import BeginDelay, Delay, ReadClock
from factotum.bots.interpreter import walk
from factotum.bots.until import end_of
from factotum.core.errors import BadInput, BehaviorFault
from factotum.core.values import Moment

NOW = datetime(2026, 6, 1, 10, 40, 0, 500_000, UTC)
DAY = 86400


class Ticking(World):
    """A world whose clock a delay moves."""

    def perform(self, effect):
        if isinstance(effect, BeginDelay):
            return effect.until
        if isinstance(effect, Delay):
            self.at = effect.until
        return super().perform(effect)


def delay(until):
    return {"action": "delay", "until": until}


def run(*steps, simulate=False, **more):
    world = Ticking()
    final = world.run(
        walk(behavior(action(*steps), **more), {}, scripts=SCRIPTS, simulate=simulate)
    )
    return world, final


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("10 minutes", "06-01 10:50:01"),  # never less than was said
        (" 2 Hours ", "06-01 12:40:01"),
        ("90", "06-01 10:41:31"),
        ("0", "06-01 10:40:01"),
        ("tomorrow 9am", "06-02 07:00:00"),
        ("2026-07-01 08:30", "07-01 06:30:00"),
        ("2026-07-01 08:30 UTC", "07-01 08:30:00"),
        ("1782894600", "07-01 08:30:00"),
        ("400 days", "07-06 10:40:01"),
        ("yesterday", "05-30 22:00:00"),
    ],
)
def test_words_a_date_and_seconds_say_until_when(words, wanted):
    until = end_of(words, NOW, ZoneInfo("Europe/Berlin"))
    assert f"{datetime.fromtimestamp(until, UTC):%m-%d %H:%M:%S}" == wanted


def test_it_begins_with_its_placeholders_filled_in_and_then_waits():
    world, _ = run(setting("n", "20"), delay("{{n}} minutes"))
    until = MONDAY + 1200
    assert world.of(BeginDelay) == [BeginDelay(path="0#1", until=until)]
    assert world.of(Delay) == [Delay(path="0#1", until=until, words="20 minutes")]
    assert world.notes("action")[-1].data["sentence"] == "Until 2026-06-01 11:00:00 UTC."


def test_two_in_one_node_wait_one_after_the_other_and_what_follows_sees_the_time():
    now = "{{'now'|date('H:i')}}"
    world, final = run(
        setting("a", now), delay("10 minutes"), delay("10 minutes"), setting("b", now)
    )
    assert [one.until - MONDAY for one in world.of(Delay)] == [600, 1200]
    assert (final["a"], final["b"]) == ("10:40", "11:00")
    assert len(world.of(ReadClock)) == 4


def test_what_follows_a_behavior_that_waits_sees_the_time():
    now, calling = "{{'now'|date('H:i')}}", {"action": "_run_behavior", "behavior_id": "7"}
    caller = action(setting("a", now), calling, setting("b", now))
    world = Ticking(behaviors={"7": behavior(action(delay("1 hour")), id=7)})

    final = world.run(walk(behavior(caller), {}, scripts=SCRIPTS))

    assert (final["a"], final["b"]) == ("10:40", "11:40")


def test_words_are_read_in_the_zone_of_the_bots_owner():
    world, _ = run(delay("today 23:00"), bot=Bot(timezone="America/New_York"))
    [asked] = world.of(Delay)
    assert asked.until == MONDAY - MONDAY % DAY + 27 * 3600


def test_what_is_begun_again_keeps_its_end():
    program = walk(behavior(action(delay("10 minutes"))), {}, scripts=SCRIPTS)
    effect = next(program)
    while not isinstance(effect, BeginDelay):
        later = Moment.of(MONDAY + DAY) if isinstance(effect, ReadClock) else None
        effect = program.send(later)
    assert program.send(MONDAY + 600) == Delay(path="0#0", until=MONDAY + 600, words="10 minutes")


def test_a_simulation_does_not_wait_and_says_until_when_it_would():
    world, _ = run(delay("+2 days"), simulate=True)
    assert world.of(Delay) == world.of(BeginDelay) == []
    [note] = world.notes("action")
    assert note.status == "skipped"
    assert note.data["sentence"] == "A real run waits here until 2026-06-03 10:40:00 UTC."


FAULTY = [
    ("", "It does not say how long to wait. Write it like “10 minutes”"),
    ("soonish", "“soonish” is no time to wait for. Write it like “10 minutes”"),
    ("401 days", "“401 days” is more than 400 days away"),
    ("999999999", "“999999999” is more than 400 days away"),
    ("9" * 5000, "is no time to wait for"),
]


@pytest.mark.parametrize(("words", "sentence"), FAULTY)
def test_words_that_are_no_time_are_told_when_it_runs_and_before(words, sentence):
    with pytest.raises(BehaviorFault, match=f"^“Do”: .*{sentence}") as refused:
        run(delay(words))
    assert refused.value.node == "0#0"
    [fault] = unavailable_parts(behavior(action(setting("a", "1"), delay(words))))
    assert sentence in fault.sentence
    assert fault.path == "nodes[0].params.actions[1].action"


def test_a_script_is_judged_only_when_it_runs():
    assert unavailable_parts(behavior(action(delay("{{until}}"), delay("1 hour")))) == []
    with pytest.raises(BehaviorFault, match="how long to wait"):
        run(delay("{{until}}"))


def test_a_time_is_not_read_from_other_digits():
    with pytest.raises(BadInput):
        end_of("９０", NOW, UTC)
