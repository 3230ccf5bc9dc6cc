"""A conversation is kept as JSON, and does not grow with the length of the talk."""

import json

from factotum.bots.effects import Ask, Note, ReadClock, Say
from factotum.bots.recording import resume
from factotum.bots.tree import read_behavior
from factotum.core.values import Moment
from factotum.scripting import Scripts
from factotum.usecases import chat_state

SCRIPTS = Scripts()

ECHO = {
    "title": "Echo",
    "event": {"key": "event.message.chat.worker"},
    "nodes": [
        {
            "type": "action",
            "title": "Ask",
            "params": {"actions": [{"action": "prompt_text", "var": "said"}]},
        },
        {
            "type": "action",
            "title": "Answer",
            "params": {
                "actions": [
                    {"action": "_set_key", "key": "last", "value": "{{said}}"},
                    {"action": "send_message", "message": "You said {{said}}."},
                ]
            },
        },
    ],
}


def play(state):
    """Walk on from a state to the next question; the new state, and what was said."""
    walk = chat_state.walk_of(state, SCRIPTS)
    effect, done, said = resume(walk, state["results"]), [], []
    while not isinstance(effect, Ask):
        if isinstance(effect, Say):
            said.append(effect.message)
        result = Moment.of(0) if isinstance(effect, ReadClock) else None
        if not isinstance(effect, Note):
            done.append((effect, result))
        effect = walk.send(result)
    return json.loads(json.dumps(chat_state.after(state, done, effect))), said


def test_ten_rounds_are_kept_in_no_more_room_than_one():
    behavior, faults = read_behavior(ECHO, id=1)
    assert not faults
    state, _ = play(chat_state.begun(behavior, {"worker_id": 1}))
    sizes = []

    for number in range(10):
        state, said = play(chat_state.answered(state, {"message": f"word {number}"}))
        assert said == [f"You said word {number}."]
        sizes.append(len(json.dumps(state)))
        state, said = play(chat_state.answered(state, {"message": ""}))
        assert said == []

    assert max(sizes) == min(sizes)
