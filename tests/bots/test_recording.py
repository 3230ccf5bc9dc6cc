import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bots.chatting import conversation
from tests.bots.driving import SCRIPTS, World, action, answering, behavior, calling, saying, setting

from factotum.bots.conversation import converse
from factotum.bots.effects import (
    Ask,
    CallHttp,
    Effect,
    FindRecords,
    HttpResult,
    LoadBehavior,
    Note,
    ReadClock,
)
from factotum.bots.recording import (
    decode_result,
    encode_result,
    give,
    is_recorded,
    is_waiting,
    resume,
)
from factotum.bots.tree import read_bot
from factotum.core.errors import BadInput, BehaviorFault, NotFound, Refused, RetryLater
from factotum.core.values import Moment, Owner


def through_json(effect, result):
    return decode_result(effect, json.loads(json.dumps(encode_result(effect, result))))


HTTP = HttpResult("text/plain", {"a": "b"}, "body", "https://x.test/", 200, "", "", False, True)


@pytest.mark.parametrize(
    ("effect", "result"),
    [
        (ReadClock(), Moment.of(1_780_000_000.123456, 2**127)),
        (CallHttp(method="GET", url="x"), HTTP),
        (FindRecords(type="task", query=""), {4: {"title": "T"}}),
        (LoadBehavior(name="1"), None),
        (Ask(kind="text"), {"message": "hi"}),
        (Effect(), None),
    ],
)
def test_results_come_back_from_json_as_they_were(effect, result):
    assert through_json(effect, result) == result


def test_a_behavior_comes_back_with_its_bot():
    rules = {"config": {"a": 1}, "actions": {"mode": "deny", "items": ["x"]}}
    bot = read_bot({"name": "Bo", "params": rules}, id=9, owner=Owner("worker", 3))
    found = behavior(action(setting("a", "1")), id=4, revision=7, bot=bot)
    assert through_json(LoadBehavior(name="4"), found) == found


@pytest.mark.parametrize(
    "error", [NotFound("None."), Refused("No.", code="host"), BadInput("Bad.")]
)
def test_refusals_come_back_as_errors(error):
    found = through_json(Effect(), error)
    assert (type(found), found.sentence, found.code) == (type(error), error.sentence, error.code)


def test_other_errors_keep_their_sentence_and_code():
    found = through_json(Effect(), RetryLater("Later.", after=5))
    assert (found.sentence, found.code) == ("Later.", "retry-later")


OTHER = behavior(action(setting("y", "{{random(99)}}")), id=2)
CHAT = conversation(
    action(saying("Hi {{worker_first_name}} {{random(99)}}"), {"action": "prompt_text"}),
    action(
        calling(),
        {"action": "_run_behavior", "behavior_id": "2"},
        {"action": "_set_key", "key": "k", "value": "{{message}}"},
        {"action": "core.bot.action.record.search", "context": "worker", "query": ""},
        saying("{{message}} {{_behavior.y}} {{_records|length}}"),
    ),
    id=1,
)


def world(**more):
    return World(
        service=answering('{"ok": true}'),
        behaviors={"2": OTHER},
        records={("worker", 3): {"first_name": "Ann"}},
        **more,
    )


def begin():
    return converse(CHAT, {"worker_id": 3}, scripts=SCRIPTS)


def recorded(driven):
    effects = [one for one in driven.effects if is_recorded(one)]
    pairs = zip(effects, driven.results, strict=False)
    return json.loads(json.dumps([encode_result(effect, result) for effect, result in pairs]))


def test_a_chat_goes_on_from_its_recorded_results_as_if_it_had_never_stopped():
    whole, first = world(typed=["one", "two", "three"]), world(typed=["one", "two"])
    whole.run(begin())
    first.run(begin())
    program = begin()
    pending = resume(program, recorded(first))
    assert is_waiting(pending)
    assert pending == first.effects[-1]
    effect = give(program, {"message": "three"})
    rest = whole.effects[len(first.effects) :]
    for expected in rest[:-1]:
        assert effect == expected
        effect = give(program, None if isinstance(effect, Note) else first.perform(effect))
    assert effect == rest[-1]


def test_a_walk_can_be_resumed_before_any_effect_and_in_the_middle_of_a_turn():
    assert not is_waiting(resume(begin(), []))
    driven = world(typed=["one"])
    driven.run(begin())
    values = recorded(driven)
    calls = [place for place, one in enumerate(
        one for one in driven.effects if is_recorded(one)) if isinstance(one, CallHttp)]  # fmt: skip
    assert isinstance(resume(begin(), values[: calls[0]]), CallHttp)


def test_a_recorded_refusal_is_thrown_again():
    refusing = world(typed=["one"])
    refusing.service = lambda call: Refused("Not that host.")
    refusing.run(begin())
    assert "Not that host." in refusing.faults[0]
    assert resume(begin(), recorded(refusing)) == refusing.effects[-1]


def test_results_of_another_walk_are_refused():
    driven = world(typed=["one"])
    driven.run(begin())
    closed = conversation(action({"action": "window_close"}))
    with pytest.raises(BehaviorFault, match="cannot go on where it was") as fault:
        resume(converse(closed, {}, scripts=SCRIPTS), recorded(driven))
    assert fault.value.code == "cannot-resume"


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), max_size=5))
def test_any_chat_can_be_resumed(typed):
    driven = world(typed=typed)
    driven.run(begin())
    assert resume(begin(), recorded(driven)) == driven.effects[-1]
