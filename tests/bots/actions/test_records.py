import pytest
from tests.bots.driving import SCRIPTS, World, action, behavior

from factotum.bots.effects import ChangeRecord, FindRecords, LoadRecord
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault
from factotum.core.values import Ref


def do(verb, world=None, simulate=False, **params):
    world = world or World()
    step = {"action": f"core.bot.action.record.{verb}", "context": "task", **params}
    found = behavior(action(step))
    return world, world.run(walk(found, {}, scripts=SCRIPTS, simulate=simulate))


@pytest.mark.parametrize(
    ("verb", "params", "effect"),
    [
        ("create", {"changeset_json": '{"title": "{{1 + 1}}"}'}, {"values": {"title": "2"}}),
        ("update", {"id": "{{4}}", "changeset_json": "{}"}, {"id": 4}),
        ("update", {"id": 4, "changeset_json": "[]"}, {"id": 4}),
        ("upsert", {"query": "x:{{1}}", "changeset_json": "{}"}, {"query": "x:1"}),
        ("delete", {"id": "4", "run_in_simulator": "1"}, {"id": 4, "run_in_simulator": True}),
    ],
)
def test_a_change_is_asked_for_with_everything_filled_in(verb, params, effect):
    world, final = do(verb, **params)
    assert world.of(ChangeRecord) == [ChangeRecord(path="0#0", verb=verb, type="task", **effect)]
    assert final["_record"]["id"] == 99


def test_the_long_name_of_a_type_and_another_placeholder_will_do():
    _, final = do(
        "create",
        context="cerberusweb.contexts.task",
        changeset_json="{}",
        object_placeholder="made",
    )
    assert final["made"]["_label"] == "changed"


def test_a_search_gives_records_by_id_and_a_retrieval_one():
    records = {("worker", 3): {"id": 3, "_label": "Ann"}}
    world, final = do(
        "search", world=World(records=records), context="workers", query="a", expand="x, y"
    )
    assert world.of(FindRecords) == [
        FindRecords(path="0#0", type="worker", query="a", expand=("x", "y"))
    ]
    assert final["_records"] == {"3": {"id": 3, "_label": "Ann"}}
    world, final = do("retrieve", world=World(records=records), context="worker", id="3")
    assert world.of(LoadRecord)[0].ref == Ref("worker", 3)
    assert final["_record"]["_label"] == "Ann"
    assert do("retrieve", id="0")[1]["_record"] == {}


def test_a_change_in_the_simulator_says_that_it_was_not_made():
    assert (
        do("create", simulate=True, changeset_json="{}")[0].notes("action")[0].status == "not-sent"
    )
    more = {"changeset_json": "{}", "run_in_simulator": "1"}
    assert do("create", simulate=True, **more)[0].notes("action")[0].status == "ok"
    assert do("search", simulate=True, query="")[0].notes("action")[0].status == "ok"


@pytest.mark.parametrize(
    ("verb", "params", "sentence"),
    [
        ("create", {"context": "nothing"}, "There is no record type “nothing”"),
        ("create", {"context": "tickets"}, "Records of the type ticket are not available yet"),
        ("create", {"changeset_json": "{"}, "The fields are not JSON"),
        ("create", {"changeset_json": "[1]"}, "must be a JSON object"),
        ("update", {"id": "x", "changeset_json": "{}"}, "“x” is no ID of a task"),
    ],
)
def test_what_cannot_be_done_is_told(verb, params, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        do(verb, **params)
