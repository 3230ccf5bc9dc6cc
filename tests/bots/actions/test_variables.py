import pytest
from tests.bots.driving import SCRIPTS, World, action, behavior

from factotum.bots.effects import FindRecords
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault

TEAM = {("worker", n): {"id": n, "_label": name} for n, name in enumerate("abcde", 1)}
LIST = {"var_team": {"type": "ctx_cerberusweb.contexts.worker"}}
ANY = {"var_any": {"type": "contexts"}, "var_kind": {"type": "S"}}


def run(*steps, variables, records=TEAM):
    world = World(records=records)
    found = behavior(action(*steps), variables=variables)
    return world, world.run(walk(found, {}, scripts=SCRIPTS))


def finding(query="", name="var_team", **more):
    return {"action": name, "search_mode": "quick_search", "quick_search": query, **more}


def test_the_action_of_a_variables_name_sets_it_and_converts():
    step = {"action": "var_n", "value": "{{6 * 7}}!"}
    assert run(step, variables={"var_n": {"type": "N"}})[1]["var_n"] == 42
    with pytest.raises(BehaviorFault, match="has no variable var_n"):
        run(step, variables={})


def test_a_list_holds_what_a_search_finds():
    world, final = run(finding("name:{{'a' ~ 'b'}}"), variables=LIST)
    (asked,) = world.of(FindRecords)
    assert (asked.type, asked.query) == ("worker", "name:ab")
    assert list(final["var_team"]) == ["1", "2", "3", "4", "5"]
    assert final["var_team"]["2"]["_label"] == "b"


@pytest.mark.parametrize(
    ("limit", "count", "kept"),
    [("", "2", "12345"), ("first", "2", "12"), ("last", "2", "45"), ("last", "0", ""),
     ("first", "", ""), ("first", "99", "12345")],
)  # fmt: skip
def test_it_keeps_as_many_as_are_wanted(limit, count, kept):
    _, final = run(finding(limit=limit, limit_count=count), variables=LIST)
    assert "".join(final["var_team"]) == kept


def test_some_at_random_are_some_of_them():
    _, final = run(finding(limit="random", limit_count="3"), variables=LIST)
    assert len(final["var_team"]) == 3
    assert set(final["var_team"]) <= set("12345")


@pytest.mark.parametrize(
    ("mode", "held"), [("replace", "45"), ("add", "1245"), ("subtract", "12"), ("", "45")]
)
def test_what_it_held_is_replaced_added_to_or_taken_from(mode, held):
    steps = (
        finding(limit="first", limit_count="2"),
        finding(limit="last", limit_count="2", mode=mode),
    )
    assert "".join(run(*steps, variables=LIST)[1]["var_team"]) == held


def test_a_list_of_any_records_is_told_their_type_by_another_variable():
    kind = {"action": "var_kind", "value": "cerberusweb.contexts.worker"}
    world, final = run(kind, finding(name="var_any", context="var_kind"), variables=ANY)
    assert world.of(FindRecords)[0].type == "worker"
    assert len(final["var_any"]) == 5
    world, _ = run(finding(name="var_any", context="task"), variables=ANY)
    assert world.of(FindRecords)[0].type == "task"


@pytest.mark.parametrize(
    ("step", "variables", "sentence"),
    [
        (finding(name="var_any", context="var_kind"), ANY, "var_kind names no record type"),
        (finding(name="var_any", context="ticket"), ANY, "type ticket are not available yet"),
        (finding(name="var_any", context="nothing"), ANY, "no record type “nothing”"),
        (
            finding(),
            {"var_team": {"type": "ctx_cerberusweb.contexts.ticket"}},
            "type ticket are not available yet",
        ),
        ({**finding(), "search_mode": "worklist"}, LIST, "filters of a worklist"),
        ({"action": "var_w", "mode": "seq"}, {"var_w": {"type": "W"}}, "Picking a worker"),
    ],
)
def test_what_cannot_be_done_stops_the_step(step, variables, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        run(step, variables=variables)
