import pytest
from tests.bots.driving import behavior

from factotum.bots.record_names import type_of
from factotum.bots.scope import Scope, of_behavior, ref_to
from factotum.bots.tree import read_bot
from factotum.core.values import Ref
from factotum.scripting import NeedsRecord

WORKER = {"worker__context": "cerberusweb.contexts.worker", "worker_id": 3}


def test_a_placeholder_is_read_set_and_forgotten():
    scope = Scope({"a": 1})
    scope["b"] = 2
    assert (scope["a"], scope["b"], scope.get("c")) == (1, 2, None)
    del scope["a"]
    del scope["never"]
    assert dict(scope) == {"b": 2}
    assert len(scope) == 1
    with pytest.raises(KeyError):
        scope["a"]


def test_a_records_field_asks_for_the_record_and_is_then_there():
    scope = Scope(WORKER)
    with pytest.raises(NeedsRecord) as need:
        scope["worker_first_name"]
    assert need.value.prefix == "worker_"
    assert scope.ref("worker_") == Ref("worker", 3)
    scope.load("worker_", {"first_name": "Ann", "_label": "Ann B."})
    assert (scope["worker_first_name"], scope["worker__label"]) == ("Ann", "Ann B.")
    assert scope.get("worker_nothing") is None
    assert "worker_first_name" in scope
    assert "worker_nothing" not in scope


def test_a_name_of_an_unloaded_record_counts_as_defined_without_loading_it():
    assert "worker_first_name" in Scope(WORKER)


def test_another_id_asks_for_the_other_record():
    scope = Scope(WORKER)
    scope.load("worker_", {"first_name": "Ann"})
    scope["worker_id"] = 4
    with pytest.raises(NeedsRecord):
        scope["worker_first_name"]


def test_a_record_inside_a_record_is_found_by_its_longer_prefix():
    scope = Scope({"task__context": "task", "task_id": 1})
    scope.load("task_", {"owner__context": "worker", "owner_id": 8, "title": "T"})
    with pytest.raises(NeedsRecord) as need:
        scope["task_owner_first_name"]
    assert need.value.prefix == "task_owner_"
    scope.load("task_owner_", {"first_name": "Bob"})
    assert (scope["task_owner_first_name"], scope["task_title"]) == ("Bob", "T")


def test_nothing_is_loaded_for_a_prefix_that_names_no_record():
    scope = Scope({"x__context": "task", "x_id": "0"})
    scope.load("x_", {"title": "T"})
    assert scope.get("x_title") is None


def test_what_is_loaded_is_not_part_of_the_final_placeholders():
    scope = Scope(WORKER)
    scope.load("worker_", {"first_name": "Ann"})
    assert scope.final() == WORKER


def test_reads_are_noted_and_setting_anew_forgets_the_origin():
    scope = Scope({"a": 1})
    scope.origins["a"] = frozenset({0})
    scope.get("a")
    scope.get("b")
    assert scope.reads == {"a", "b"}
    scope["a"] = 2
    assert scope.origins == {}


@pytest.mark.parametrize(
    ("context", "id", "ref"),
    [
        ("worker", 3, Ref("worker", 3)),
        ("cerberusweb.contexts.worker", " 1,024 ", Ref("worker", 1024)),
        ("workers", "7", Ref("worker", 7)),
        ("ticket", "7", Ref("ticket", 7)),
        ("worker", "0", None),
        ("worker", "1,2", None),
        ("worker", None, None),
        ("", 3, None),
    ],
)
def test_a_reference_is_read_from_a_context_and_an_id(context, id, ref):
    assert ref_to(context, id) == ref


def test_an_unknown_context_keeps_its_name():
    assert type_of("cerberusweb.contexts.ticket") == "cerberusweb.contexts.ticket"


def test_a_behavior_tells_its_own_and_its_bots_placeholders():
    values = of_behavior(
        behavior(id=5, bot=read_bot({"name": "B", "params": {"config": {"a": 1}}}, id=9))
    )
    assert values["behavior_id"] == 5
    assert values["behavior_bot_id"] == 9
    assert values["behavior_bot_config"] == {"a": 1}
    assert values["behavior_bot_owner__context"] == "cerberusweb.contexts.app"


@pytest.mark.parametrize(
    ("record", "called"),
    [
        ({"name": "ada", "first_name": "Ada"}, "Ada"),
        ({"name": "ada", "first_name": ""}, "ada"),
        ({"name": "ada"}, "ada"),
    ],
)
def test_a_worker_without_a_first_name_is_called_by_the_sign_in_name(record, called):
    scope = Scope(WORKER)
    scope.load("worker_", record)
    assert scope["worker_first_name"] == called
