import pytest
from tests.bots.driving import MONDAY, SCRIPTS, World, action, behavior, setting

from factotum.bots.availability import unavailable_parts
from factotum.bots.effects import AskApproval, LoadRecord
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault

YES = {"is_approved": True, "by": "ada", "comment": "Go", "at": MONDAY}


class Office(World):
    """Somebody approves of everything."""

    def perform(self, effect):
        return YES if isinstance(effect, AskApproval) else super().perform(effect)


def run(*steps):
    world = Office(records={("worker", 3): {"id": 3, "_label": "Ada"}})
    return world, world.run(walk(behavior(action(*steps)), {}, scripts=SCRIPTS))


def test_what_is_asked_is_filled_in_and_what_was_said_is_kept():
    step = {"message": " Post “{{text}}”? ", "worker_id": "{{1 + 2}}", "expires": "2 days"}
    world, final = run(setting("text", "Tea"), {"action": "approval", **step})

    assert world.of(AskApproval) == [
        AskApproval(path="0#1", message="Post “Tea”?", worker_id=3, expires_at=MONDAY + 2 * 86400)
    ]
    assert final["_approval"] == YES


def test_whoever_may_change_the_bot_is_asked_for_as_long_as_it_takes():
    step = {"action": "approval", "message": "Now?", "worker_id": "", "placeholder": "said"}
    world, final = run(step, setting("then", "{% if said.is_approved %}by {{said.by}}{% endif %}"))

    [asked] = world.of(AskApproval)
    assert (asked.worker_id, asked.expires_at) == (None, None)
    assert final["then"] == "by ada"


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"message": " {{''}} "}, "write what is to be approved"),
        ({"message": "?", "expires": "gibberish"}, "“gibberish” is no time to wait for"),
        ({"message": "?", "expires": "401 days"}, "more than 400 days away"),
        ({"message": "?", "worker_id": "4"}, "There is no worker 4 to ask"),
        ({"message": "?", "worker_id": "Ada"}, "There is no worker Ada to ask"),
    ],
)
def test_a_question_that_nobody_could_answer_is_told(step, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        run({"action": "approval", **step})


def test_what_cannot_be_asked_is_told_before_it_runs():
    steps = [{"message": " "}, {"message": "?", "expires": "soonish"}, {"message": "{{x}}"}]
    asking = [{"action": "approval", **step} for step in steps]

    told = [fault.sentence for fault in unavailable_parts(behavior(action(*asking)))]

    assert len(told) == 2
    assert "write what is to be approved" in told[0]
    assert "“soonish” is no time" in told[1]


@pytest.mark.parametrize(("words", "seconds"), [("90", 90), ("1 hour", 3600), ("{{45 * 2}}", 90)])
def test_time_to_say_counts_from_when_it_is_asked(words, seconds):
    class Slow(Office):
        def perform(self, effect):
            self.at += 60 * isinstance(effect, LoadRecord)
            return super().perform(effect)

    world = Slow(records={("worker", 3): {"id": 3, "_label": "Ada"}})
    step = {"message": "{{'now'|date('H')}}?", "worker_id": "3", "expires": words}
    world.run(walk(behavior(action({"action": "approval", **step})), {}, scripts=SCRIPTS))

    [asked] = world.of(AskApproval)
    assert asked.expires_at == MONDAY + 60 + seconds


def test_what_follows_sees_the_time_at_which_it_was_said():
    class Slow(Office):
        def perform(self, effect):
            self.at += 3600 * isinstance(effect, AskApproval)
            return super().perform(effect)

    now = "{{'now'|date('H:i')}}"
    steps = setting("a", now), {"action": "approval", "message": "Now?"}, setting("b", now)
    final = Slow().run(walk(behavior(action(*steps)), {}, scripts=SCRIPTS))

    assert (final["a"], final["b"]) == ("10:40", "11:40")
