from __future__ import annotations

import json

import pytest
from tests.packages import samples
from tests.packages.import_contract import ImportContract

from factotum.core.errors import BadInput, BadPackage, NotFound
from factotum.core.values import Actor, Moment, Ref
from factotum.packages.desk import Desk
from factotum.packages.importer import import_package


class TestInMemory(ImportContract):
    """The contract on a store in memory; the real store's tests run it too."""


def test_an_update_half_done_is_undone(desk, store, secrets):
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    before = store.rows(), dict(secrets.sealed)
    package = samples.service()
    package["records"][0]["name"] = "Renamed"
    store.fail_after = 1
    with pytest.raises(OSError, match="disk"):
        import_package(package, {**samples.SERVICE_ANSWERS, "prompt_client_secret": "new"}, desk)
    assert (store.rows(), secrets.sealed) == before


def test_the_store_knows_who_imported(desk, store):
    import_package(samples.webhook(), None, desk)
    assert store.actor == desk.actor


def test_a_worker_may_not_change_what_an_admin_imported(desk, store, secrets):
    import_package(samples.webhook(), None, desk)
    store.create("worker", {"name": "bob"})
    bob = Desk(store=store, secrets=secrets, actor=Actor(1, "Bob"), moment=Moment.of(0, 1))
    before = store.rows()
    with pytest.raises(BadPackage) as caught:
        import_package(samples.webhook(), None, bob)
    assert {fault.code for fault in caught.value.faults} == {"not-allowed"}
    assert store.rows() == before


def test_a_worker_may_make_records_for_themselves_only(store, secrets):
    alice, bob = (store.create("worker", {"name": name}).id for name in ("alice", "bob"))
    desk = Desk(store=store, secrets=secrets, actor=Actor(bob, "Bob"), moment=Moment.of(0, 1))

    def owned_by(worker):
        package = samples.webhook()
        package["bots"][0]["owner"] = {"context": "worker", "id": worker}
        return package

    with pytest.raises(BadPackage, match="yourself"):
        import_package(owned_by(alice), None, desk)
    result = import_package(owned_by(bob), None, desk)
    assert store.get(Ref("bot", result.records["bot"]["bot_hook"]["id"]))["owner_id"] == bob


def test_the_answer_as_json_is_what_the_interface_says(desk):
    form = import_package(samples.service(), None, desk).as_json()
    assert form["status"] == "prompts"
    assert {"key", "type", "label", "params", "error"} <= form["prompts"][0].keys()
    done = import_package(samples.service(), samples.SERVICE_ANSWERS, desk).as_json()
    assert done["status"] == "imported"
    made = done["records"]["connected_service"]["service_chirper"]
    assert made == {
        "id": 1, "label": "Chirper", "url": "/cards/connected_service/1", "verb": "create",
    }  # fmt: skip
    assert (done["repairs"], done["warnings"]) == ([], [])
    assert json.loads(json.dumps(done)) == done


def test_the_same_file_may_come_as_text_bytes_or_json(desk):
    for source in (
        json.dumps(samples.webhook()),
        json.dumps(samples.webhook()).encode(),
        samples.webhook(),
    ):
        assert import_package(source, None, desk).status == "imported"


def test_an_answer_to_no_question_is_refused(desk, store):
    before = store.rows()
    with pytest.raises(BadPackage) as caught:
        import_package(samples.service(), {"prompt_client_idd": "x"}, desk)
    assert caught.value.faults[0].path == "prompts.prompt_client_idd"
    assert caught.value.faults[0].hint == "Did you mean 'prompt_client_id'?"
    assert store.rows() == before


def test_defaults_are_taken_where_a_caller_leaves_them_out(desk, store):
    package = samples.tasks(title="{{{title}}} {{{who}}}")
    prompts = [
        {"type": "text", "key": "title", "label": "Title", "params": {"default": "Feed"}},
        {"type": "text", "key": "who", "label": "Whom", "params": {}},
    ]
    package["package"]["configure"] = {"prompts": prompts}
    import_package(package, {"who": "the cat"}, desk)
    assert store.get(Ref("task", 1))["title"] == "Feed the cat"


def test_objects_whose_exclude_is_true_are_left_out(desk, store):
    package = samples.tasks(_exclude="{{{kind != 'task'}}}")
    other = {
        "uid": "task_2",
        "_context": "task",
        "title": "Other",
        "_exclude": "{{{kind == 'task'}}}",
    }
    package["records"].append(other)
    prompt = {
        "type": "picklist",
        "key": "kind",
        "label": "Kind",
        "params": {"options": ["task", "x"]},
    }
    package["package"]["configure"] = {"prompts": [prompt]}
    result = import_package(package, {"kind": "x"}, desk)
    assert list(result.records["task"]) == ["task_2"]


def test_two_records_may_share_a_uid_where_only_one_is_ever_made(desk):
    package = samples.tasks(_exclude="{{{kind != 'a'}}}")
    package["records"].append(
        {**package["records"][0], "_exclude": "{{{kind == 'a'}}}", "title": "B"}
    )
    prompt = {"type": "picklist", "key": "kind", "label": "Kind", "params": {"options": ["a", "b"]}}
    package["package"]["configure"] = {"prompts": [prompt]}
    assert import_package(package, None, desk).status == "prompts"
    result = import_package(package, {"kind": "b"}, desk)
    assert result.records["task"]["task_1"]["label"] == "B"


def test_a_bot_that_is_excluded_takes_its_behaviors_along(desk):
    package = samples.webhook()
    package["records"] = samples.tasks()["records"]
    package["bots"][0]["_exclude"] = "1"
    result = import_package(package, None, desk)
    assert list(result.records) == ["task"]


def test_a_task_of_a_published_package_is_understood(desk, store):
    import_package(samples.tasks(status="o", importance="75", updated="1"), None, desk)
    task = store.get(Ref("task", 1))
    assert (task["status"], task["importance"]) == ("open", 75)


def test_records_may_be_linked_to_each_other(desk, store):
    package = samples.tasks(links=["task:{{{uid.task_2}}}"])
    package["records"].append({"uid": "task_2", "_context": "task", "title": "Two"})
    result = import_package(package, None, desk)
    ids = {uid: record["id"] for uid, record in result.records["task"].items()}
    task = store.get(Ref("task", ids["task_1"]))
    assert task["links"] == [f"task:{ids['task_2']}"]


def test_what_the_store_itself_refuses_is_told_with_its_place(desk, store):
    def create(_type, _values):
        raise BadInput("The name is too long.", fields={"title": "The title is too long."})

    store.create = create
    before = store.rows()
    with pytest.raises(BadPackage) as caught:
        import_package(samples.tasks(), None, desk)
    fault = caught.value.faults[0]
    assert (fault.path, fault.sentence) == ("records[0].title", "The title is too long.")
    assert fault.record == "task_1"
    assert store.rows() == before


def test_a_record_that_goes_while_it_is_imported_is_told(desk, store):
    import_package(samples.tasks(), None, desk)
    real = store.acting_as

    def acting_as(actor):
        store.delete(Ref("task", 1))
        return real(actor)

    store.acting_as = acting_as
    with pytest.raises(NotFound, match="deleted meanwhile"):
        import_package(samples.tasks(title="New"), None, desk)


def test_behaviors_that_call_each_other_get_each_others_ids(desk, store):
    package = samples.webhook()
    first = package["bots"][0]["behaviors"][0]
    second = {**first, "uid": "behavior_44", "title": "Second"}
    package["bots"][0]["behaviors"].append(second)
    for behavior, other in ((first, "behavior_44"), (second, "behavior_43")):
        call = {
            "action": "_run_behavior",
            "on": "_trigger_va_id",
            "behavior_id": f"{{{{{{uid.{other}}}}}}}",
        }
        behavior["nodes"] = [{"type": "action", "title": "Go", "params": {"actions": [call]}}]
    made = import_package(package, None, desk).records["behavior"]
    for uid, other in (("behavior_43", "behavior_44"), ("behavior_44", "behavior_43")):
        nodes = store.get(Ref("behavior", made[uid]["id"]))["nodes"]
        assert nodes[0]["params"]["actions"][0]["behavior_id"] == str(made[other]["id"])


def test_records_are_made_after_those_they_name_so_that_none_is_written_twice(desk, store):
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    updated = []
    store.update = lambda ref, values: updated.append(ref)
    import_package(samples.bot(), {"chirper_account_id": "1"}, desk)
    import_package(samples.webhook(), None, desk)
    assert updated == []


def test_an_account_that_comes_with_its_key_says_that_it_has_it(desk, store):
    import_package(samples.token(), {"prompt_token": "tok-123"}, desk)
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    accounts = [each for each in store.records.values() if each.type == "connected_account"]
    assert [each.get("health") or "" for each in accounts] == ["ready", ""]
