import pytest
from tests.bots.driving import SCRIPTS, World, action, behavior, outcome, setting, switch

from factotum.bots.conditions.asking import condition_for
from factotum.bots.conditions.condition_type import condition_types
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault


def ask(
    condition, world=None, *, before=(), event="event.macro.bot", payload=None, zone="UTC", **more
):
    """(whether it passed, the world)"""
    world = world or World()
    yes = outcome(condition, do=[action(setting("passed", "yes"))])
    found = behavior(action(*before), switch(yes), event=event, **more)
    final = world.run(walk(found, payload or {}, scripts=SCRIPTS, timezone=zone))
    return "passed" in final, world


def passes(condition, **more):
    return ask(condition, **more)[0]


TEXTS = [
    ("is", "Hello World", "hello world", True), ("is", "a", "b", False),
    ("like", "Hello World", "hel*LD", True), ("like", "a.c", "a?c", False), ("like", "abc", "a*b", False),
    ("like", "line\nline", "line*", True),
    ("contains", "Hello", "ELL", True), ("contains", "Hello", "x", False), ("contains", "a", "", True),
    ("regexp", "Hello", "#^hel+o$#i", True), ("regexp", "Hello", "/^hel/", False),
]  # fmt: skip


@pytest.mark.parametrize(("oper", "actual", "expected", "result"), TEXTS)
@pytest.mark.parametrize("negate", [False, True])
def test_texts_are_compared_by_four_operators_and_their_negations(
    oper, actual, expected, result, negate
):
    sign = "!" if negate else ""
    on_script = {"condition": "_custom_script", "tpl": f" {actual}\n", "oper": sign + oper}
    on_placeholder = {"condition": "x", "oper": sign + oper}
    before = [setting("x", actual)]
    assert passes({**on_script, "value": expected}) is (result is not negate)
    assert passes({**on_placeholder, "value": expected}, before=before) is (result is not negate)


def test_a_faulty_pattern_stops_the_run_and_says_so():
    with pytest.raises(BehaviorFault, match="regular expression"):
        passes({"condition": "_custom_script", "tpl": "a", "oper": "regexp", "value": "abc"})


@pytest.mark.parametrize(("json", "text"), [("true", "1"), ("false", ""), ("5", "5")])
def test_a_value_that_is_no_text_is_compared_as_it_prints(json, text):
    before = [setting("x", json, format="json")]
    assert passes({"condition": "x", "oper": "is", "value": text}, before=before)


def test_an_operand_is_no_template():
    before = [setting("x", "{% verbatim %}{{y}}{% endverbatim %}")]
    assert passes({"condition": "x", "oper": "is", "value": "{{y}}"}, before=before)


@pytest.mark.parametrize(
    ("oper", "value", "result"),
    [("is", "5", True), ("!is", "5", False), ("gt", "4", True), ("gt", "5", False), ("lt", "6x", True)],
)  # fmt: skip
def test_numbers_are_compared(oper, value, result):
    variables = {"var_n": {"type": "N"}}
    before = [setting("var_n", "5 apples")]
    condition = {"condition": "var_n", "oper": oper, "value": value}
    assert passes(condition, before=before, variables=variables) is result


def test_a_list_of_records_is_compared_by_how_many_there_are():
    before = [setting("var_l", '{"1": {}, "2": {}}', format="json")]
    condition = {"condition": "var_l", "oper": "gt", "value": "1"}
    variables = {"var_l": {"type": "ctx_task"}}
    assert passes(condition, before=before, variables=variables)


@pytest.mark.parametrize(
    ("value", "bool", "result"),
    [("1", "1", True), ("0", "1", False), ("", "0", True), ("1", 0, False)],
)
def test_a_checkbox_is_set_or_not(value, bool, result):
    assert (
        passes({"condition": "x", "bool": bool}, before=[setting("x", value or "{{''}}")]) is result
    )


@pytest.mark.parametrize(
    ("oper", "values", "result"),
    [("in", ["a", "b"], True), ("!in", ["a"], False), ("in", {"0": "c"}, False), ("is", "a", True)],
)
def test_a_choice_is_one_of_a_few(oper, values, result):
    condition = {"condition": "x", "oper": oper, "values": values}
    assert passes(condition, before=[setting("x", "a")]) is result


def test_a_choice_of_several_is_all_or_any():
    before = [setting("x", '["a", "b"]', format="json")]
    assert passes({"condition": "x", "oper": "in", "values": ["b", "c"]}, before=before)
    assert not passes({"condition": "x", "oper": "is", "values": ["b", "c"]}, before=before)


@pytest.mark.parametrize(
    ("value", "ids", "oper", "result"),
    [
        ("3", ["3", "4"], "in", True), ("5", ["3"], "in", False), ("5", ["3"], "!in", True),
        ("0", [], "in", True), ("3", ["3"], "is", True), ("0", ["3"], "in", False),
    ],
)  # fmt: skip
def test_a_worker_is_one_of_these(value, ids, oper, result):
    condition = {"condition": "x", "oper": oper, "worker_id": ids}
    assert passes(condition, before=[setting("x", value)]) is result


@pytest.mark.parametrize(
    ("from_", "to", "oper", "result"),
    [
        ("yesterday", "tomorrow", "is", True), ("tomorrow", "+3 days", "is", False),
        ("tomorrow", "+3 days", "!is", True), ("10:00", "09:00", "is", True),
    ],
)  # fmt: skip
def test_a_date_is_between_two(from_, to, oper, result):
    condition = {"condition": "x", "oper": oper, "from": from_, "to": to}
    assert passes(condition, before=[setting("x", "{{'now'|date('U')}}")]) is result


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"condition": "_day_of_week", "oper": "is", "day": ["1"]}, True),
        ({"condition": "_day_of_week", "oper": "!is", "day": ["1"]}, False),
        ({"condition": "_day_of_week", "oper": "is", "day": "2"}, False),
        ({"condition": "_month_of_year", "oper": "is", "month": ["5", "6"]}, True),
        ({"condition": "_month_of_year", "oper": "is", "month": []}, False),
        ({"condition": "_day_of_month", "oper": "lt", "value": "2"}, True),
        ({"condition": "_day_of_month", "oper": "is", "value": "2"}, False),
        ({"condition": "_time_of_day", "oper": "between", "from": "10:00", "to": "11am"}, True),
        ({"condition": "_time_of_day", "oper": "!between", "from": "10:00", "to": "11am"}, False),
        ({"condition": "_time_of_day", "oper": "between", "from": "22:00", "to": "06:00"}, False),
        ({"condition": "_time_of_day", "oper": "between", "from": "10:30", "to": "06:00"}, True),
    ],
)
def test_the_time_can_be_asked(condition, result):
    assert passes(condition) is result


def test_the_time_is_the_runs_time_zone():
    monday = {"condition": "_day_of_week", "oper": "is", "day": ["1"]}
    noon = {"condition": "_time_of_day", "oper": "between", "from": "23:00", "to": "23:59"}
    assert passes(monday, zone="Pacific/Auckland")
    assert not passes(monday, zone="Pacific/Auckland", world=World(at=1_780_315_200 + 3600))
    assert passes(noon, zone="Pacific/Auckland", world=World(at=1_780_315_200 - 1800))


WEBHOOK = {"headers": {"X-Hub-Sig": "abc"}, "params": {"Body": "HELP"}}


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"condition": "http_param", "name": "body", "oper": "is", "value": "help"}, True),
        ({"condition": "http_param", "name": "Body", "oper": "!is", "value": "help"}, False),
        ({"condition": "http_param", "name": "other", "oper": "is", "value": ""}, True),
        ({"condition": "http_header", "name": "X-Hub-Sig", "oper": "like", "value": "a*"}, True),
        ({"condition": "http_verb", "oper": "is", "value": "post"}, True),
    ],
)
def test_a_webhooks_request_can_be_asked(condition, result):
    payload = {**WEBHOOK, "verb": "post"}
    assert passes(condition, event="event.webhook.received", payload=payload) is result


def test_a_webhook_condition_elsewhere_finds_nothing():
    assert not passes({"condition": "http_param", "name": "a", "oper": "is", "value": "b"})


@pytest.mark.parametrize("oper", ["is", "!is"])
@pytest.mark.parametrize("name", ["nothing", "_nothing", "core.some.condition"])
def test_an_unknown_condition_is_false_whatever_its_operator_and_warns(name, oper):
    passed, world = ask({"condition": name, "oper": oper, "value": "x"})
    assert not passed
    assert world.notes("warning")[0].title == f"There is no condition {name}; it counts as false."


@pytest.mark.parametrize(
    "condition",
    [
        {"condition": "_custom_script", "tpl": "a", "oper": "sounds", "value": "a"},
        {"condition": "_time_of_day", "oper": "after", "from": "1am", "to": "2am"},
        {"condition": "_day_of_month", "oper": "near", "value": "1"},
        {"condition": "_month_of_year", "oper": "near", "month": ["6"]},
        {"condition": "behavior_id", "oper": "near", "values": ["1"]},
    ],
)
def test_an_unknown_operator_is_false_and_warns(condition):
    passed, world = ask(condition)
    assert not passed
    assert "cannot be asked with" in world.notes("warning")[0].title


def test_a_records_field_is_loaded_for_a_condition():
    world = World(records={("worker", 3): {"first_name": "Ann", "custom": {"5": "gold"}}})
    more = {"event": "event.api.custom_request", "payload": {"worker_id": 3}}
    name = {"condition": "worker_first_name", "oper": "is", "value": "ann"}
    assert passes(name, world=world, **more)
    assert passes(
        {"condition": "worker_custom_5", "oper": "is", "value": "gold"}, world=world, **more
    )
    assert passes({"condition": "worker_custom_6", "oper": "is", "value": ""}, world=world, **more)


def test_a_custom_field_that_nothing_has_is_an_unknown_condition_only_by_its_name():
    assert passes({"condition": "custom_5", "oper": "is", "value": ""})
    assert not passes({"condition": "field_5", "oper": "is", "value": ""})


def test_every_condition_declares_its_id_and_a_label():
    assert condition_for("_day_of_week").label == "Day of week"
    assert all(one.key == key and one.label for key, one in condition_types.items())
