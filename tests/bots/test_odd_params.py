"""Whatever stands in the params of actions and conditions, a run ends or stops with a sentence."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bots.driving import SCRIPTS, World, action, answering, behavior, outcome, switch

from factotum.bots.actions.action_type import action_types, load_actions
from factotum.bots.conditions.asking import load_conditions
from factotum.bots.conditions.condition_type import condition_types
from factotum.bots.conversation import converse
from factotum.bots.interpreter import Limits, walk
from factotum.bots.triggers.lookup import load_triggers, trigger_for
from factotum.bots.triggers.trigger import triggers
from factotum.core.errors import FactotumError

load_actions()
load_conditions()
load_triggers()

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["{{message}}", "{{worker_first_name}}", "{{x}}", "[1,2]", "{}", "task", "worker", "2", "1",
         "is", "!in", "gt", "/a/", "var_x", "+1 day", "X: {{x}}", "a\nb", "json", "_id", "9" * 30]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = sorted(
    {field.key for one in action_types.values() for field in one.fields}
    | {"oper", "value", "values", "bool", "from", "to", "day", "month", "tpl", "name", "worker_id"}
    | {"var_x", "images", "labels"}
)
PARAMS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
STEPS = st.builds(
    lambda key, params: {**params, "action": key},
    st.sampled_from([*action_types, "var_x", "var_y"]),
    PARAMS,
)
CONDITIONS = st.builds(
    lambda key, params: {**params, "condition": key},
    st.sampled_from([*condition_types, "message", "worker_first_name", "x", "var_x"]),
    PARAMS,
)
VARIABLES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["S", "N", "C", "E", "D", "W", "L", "ctx_task", "?"]),
        "params": st.dictionaries(st.sampled_from(["options", "context"]), VALUES),
    }
)
OTHER = behavior(id=2, event="event.message.chat.worker")
BEHAVIORS = {"1": behavior(id=1, variables={"var_x": {"type": "E"}}), "2": OTHER}


def world(answers):
    return World(
        service=answering("{}", 500),
        behaviors=BEHAVIORS,
        records={("worker", 3): {"first_name": "Ann"}, ("task", 1): {"title": "T"}},
        typed=answers,
    )


@settings(max_examples=120, deadline=None)
@given(
    st.lists(STEPS, max_size=3),
    st.lists(CONDITIONS, max_size=3),
    VARIABLES,
    st.lists(VALUES, max_size=3),
    st.booleans(),
)
def test_a_run_ends_or_stops_with_a_sentence(steps, conditions, variable, answers, simulate):
    nodes = [action(*steps), switch(outcome(*conditions))]
    more = {"variables": {"var_x": variable}}
    replies = [one if isinstance(one, dict) else {"message": one} for one in answers]
    found = behavior(*nodes, event="event.message.chat.worker", id=5, **more)
    world(replies).run(
        converse(found, {"worker_id": 3}, scripts=SCRIPTS, simulate=simulate, limits=Limits(200))
    )
    found = behavior(*nodes, event="event.api.custom_request", id=5, **more)
    with contextlib.suppress(FactotumError):
        inputs = {"x": answers[0]} if answers else {}
        world(()).run(walk(found, {"worker_id": 3}, scripts=SCRIPTS, variables=inputs))


@settings(deadline=None)
@given(
    st.sampled_from([*triggers, "event.macro.task"]), st.dictionaries(st.text(max_size=9), VALUES)
)
def test_a_trigger_takes_any_payload_and_params(key, values):
    trigger = trigger_for(key)
    known = ("id", "params", "headers", "was", "context", "point", "message")
    payload = dict(zip(known, values.values(), strict=False))
    assert isinstance(trigger.values(payload, behavior(event=key)), dict)
    params = dict(
        zip(("repeat_patterns", "timezone", "listen_points"), values.values(), strict=False)
    )
    assert isinstance(trigger.faults(params), dict)
