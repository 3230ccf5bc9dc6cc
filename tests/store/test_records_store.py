"""Records of every type are kept whole, changed in part, and gone with all that is theirs."""

import pytest

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Query
from factotum.core.values import Actor, Ref
from factotum.records.record_type import load_record_types, record_types
from factotum.records.values import complete
from factotum.store.models import BehaviorRevision, DataKey, OtherRecord
from factotum.store.revisions import revisions

load_record_types()

pytestmark = pytest.mark.django_db

TYPES = sorted(key for key in record_types if key != "app")

NODES = [{"type": "action", "title": "One", "params": {"z": 1, "a": [2, None, 1.5, "é"]}}]


def made(store, type, name="First"):
    """A record of this type with a label and the links it needs."""
    record_type = record_types[type]
    values = {record_type.label_field: name}
    if type == "connected_account":
        service = store.create("connected_service", {"name": "S"})
        values["service_id"] = service.id
    if type == "behavior":
        values["bot_id"] = store.create("bot", {"name": "B"}).id
    if type == "webhook_listener":
        values["guid"] = name
    return store.create(type, values)


@pytest.mark.parametrize("type", TYPES)
def test_a_record_of_any_type_is_kept_found_changed_and_deleted(store, type):
    label = record_types[type].label_field
    record = made(store, type)

    assert store.get(record.ref) == record
    assert record.label == "First"
    assert set(record.values) == set(complete(record_types[type], {}))
    assert [each.id for each in store.find(type).records] == [record.id]

    changed = store.update(record.ref, {label: "Second", "custom_5": [1], "links": ["task:1"]})

    assert changed.label == "Second"
    assert {key: changed[key] for key in record.values if key not in {label, "revision"}} == {
        key: record[key] for key in record.values if key not in {label, "revision"}
    }
    assert store.get(record.ref)["custom_5"] == [1]
    assert changed.created_at == record.created_at
    assert changed.updated_at > record.updated_at

    store.delete(record.ref)
    store.delete(record.ref)

    assert store.get(record.ref) is None
    assert store.find(type).total == 0


def test_structured_values_come_back_as_they_came_with_their_keys_in_order(store, bot):
    variables = {"zeta": {"b": 1, "a": 2}, "alpha": {}, "nul": "\0", "half": "\ud83d", "big": 2**70}
    behavior = store.create(
        "behavior", {"bot_id": bot.id, "title": "T", "nodes": NODES, "variables": variables}
    )
    package = store.create("package", {"name": "P", "document": variables})

    for record, key in ((behavior, "variables"), (package, "document")):
        kept = store.get(record.ref)[key]
        assert kept == variables
        assert list(kept) == list(variables)
        assert list(kept["zeta"]) == ["b", "a"]


def test_the_app_is_there_and_cannot_be_changed(store):
    assert store.get(Ref("app", 0)).label == "Factotum"
    assert store.get(Ref("app", 1)) is None
    assert store.find("app").total == 1
    with pytest.raises(Refused):
        store.update(Ref("app", 0), {"name": "Mine"})


def test_the_types_of_the_shared_table_do_not_mix(store):
    task = store.create("task", {"title": "T"})

    assert store.get(Ref("org", task.id)) is None
    assert store.find("org").total == 0
    with pytest.raises(NotFound):
        store.update(Ref("org", task.id), {"name": "O"})


def test_an_unknown_type_or_key_is_a_key_error(store):
    with pytest.raises(KeyError):
        store.create("shoe", {})
    with pytest.raises(KeyError, match="shoe"):
        store.create("task", {"title": "T", "shoe": 1})


def test_changing_what_is_gone_is_told(store):
    with pytest.raises(NotFound):
        store.update(Ref("task", 404), {"title": "T"})


def test_a_field_declared_later_has_its_default_in_older_records(store):
    task = store.create("task", {"title": "T"})
    row = OtherRecord.objects.get(pk=task.id)
    del row.values["importance"]
    row.save()

    assert store.get(task.ref)["importance"] == 50


def test_two_webhooks_never_share_an_address(store):
    store.create("webhook_listener", {"name": "A", "guid": "g1"})

    with pytest.raises(BadInput) as fault:
        store.create("webhook_listener", {"name": "B", "guid": "g1"})

    assert fault.value.code == "not-unique"
    assert list(fault.value.fields) == ["guid"]
    assert store.find("webhook_listener").total == 1


def test_a_sign_in_name_is_one_persons_and_of_a_sane_length(store):
    store.create("worker", {"name": "ada"})

    with pytest.raises(BadInput, match="already"):
        store.create("worker", {"name": "ada"})
    with pytest.raises(BadInput, match="longer than 150"):
        store.create("worker", {"name": "a" * 151})


def test_a_worker_made_as_a_record_has_no_password_to_guess(store):
    from factotum.store.models import Worker

    worker = store.create("worker", {"name": "ada"})

    assert not Worker.objects.get(pk=worker.id).has_usable_password()
    assert "password" not in worker.values


@pytest.mark.parametrize(
    ("type", "key"), [("connected_account", "service_id"), ("behavior", "bot_id")]
)
def test_a_link_to_nothing_is_told_beside_its_field(store, type, key):
    with pytest.raises(BadInput) as fault:
        store.create(type, {record_types[type].label_field: "T", key: 404})

    assert fault.value.code == "no-such-record"
    assert list(fault.value.fields) == [key]


def test_a_link_may_still_be_open(store):
    account = store.create("connected_account", {"name": "A", "service_id": 0})

    assert store.get(account.ref)["service_id"] == 0


def test_a_service_with_accounts_is_not_deleted(store, service, account):
    with pytest.raises(Refused, match="@ada"):
        store.delete(service.ref)

    store.delete(account.ref)
    store.delete(service.ref)

    assert store.get(service.ref) is None


def test_deleting_takes_secrets_and_origins_along(store, box, account):
    box.seal(account.ref, {"oauth_token": "hush"})
    store.remember_origin("P", "uid_1", account.ref)

    store.delete(account.ref)

    assert DataKey.objects.count() == 0
    assert store.origin("P", "uid_1") is None


def test_deleting_a_bot_takes_its_behaviors_and_all_that_is_theirs(store, bot):
    behavior = store.create("behavior", {"bot_id": bot.id, "title": "T"})
    store.remember_origin("P", "b", behavior.ref)

    store.delete(bot.ref)

    assert store.get(behavior.ref) is None
    assert store.origin("P", "b") is None
    assert BehaviorRevision.objects.count() == 0


def test_an_exception_in_a_block_undoes_every_write_of_it(store, box, account):
    def write_and_fail():
        store.create("bot", {"name": "B"})
        store.create("task", {"title": "T"})
        store.update(account.ref, {"name": "changed"})
        box.seal(account.ref, {"oauth_token": "hush"})
        store.remember_origin("P", "u", account.ref)
        raise RuntimeError

    before = store.get(account.ref)
    with pytest.raises(RuntimeError), store.atomic():
        write_and_fail()

    assert store.find("bot").total == store.find("task").total == 0
    assert store.get(account.ref) == before
    assert box.open(account.ref) == {}
    assert store.origin("P", "u") is None


def test_a_refused_write_leaves_the_rest_of_its_block_usable(store):
    store.create("webhook_listener", {"name": "A", "guid": "g1"})
    with store.atomic():
        with pytest.raises(BadInput):
            store.create("webhook_listener", {"name": "B", "guid": "g1"})
        store.create("task", {"title": "still here"})

    assert store.find("task").total == 1


def test_an_origin_leads_to_the_record_of_the_last_import(store, bot):
    other = store.create("bot", {"name": "Other"})
    store.remember_origin("Twitter Bot", "bot_1", bot.ref)
    store.remember_origin("Twitter Bot", "bot_1", other.ref)
    store.remember_origin("Another", "bot_1", other.ref)

    assert store.origin("Twitter Bot", "bot_1") == other.ref
    assert store.origins(other.ref) == [("Twitter Bot", "bot_1"), ("Another", "bot_1")]
    assert store.origins(bot.ref) == []
    assert store.origin("Twitter Bo", "tbot_1") is None


def test_every_change_of_what_a_behavior_does_is_a_revision_with_a_name_on_it(store, bot):
    alice = Actor(7, "alice")
    behavior = store.create("behavior", {"bot_id": bot.id, "title": "T", "event_key": "e"})
    changed = store.acting_as(alice).update(behavior.ref, {"nodes": NODES})

    assert (behavior["revision"], changed["revision"]) == (1, 2)
    assert store.get(behavior.ref)["revision"] == 2
    found = revisions({(behavior.id, number) for number in (1, 2, 3)})
    assert {number: document["nodes"] for (_, number), document in found.items()} == {
        1: [],
        2: NODES,
    }
    rows = BehaviorRevision.objects.order_by("number").values_list("worker_id", "by")
    assert list(rows) == [(None, "Factotum"), (7, "alice")]


@pytest.mark.parametrize("same", [{"title": "New"}, {"nodes": []}, {"revision": 9}])
def test_what_changes_nothing_it_does_is_no_revision(store, bot, same):
    behavior = store.create("behavior", {"bot_id": bot.id, "title": "T"})

    assert store.update(behavior.ref, same)["revision"] == 1
    assert BehaviorRevision.objects.count() == 1


def test_a_revision_cannot_be_rewritten(store, bot):
    store.create("behavior", {"bot_id": bot.id, "title": "T"})
    written = BehaviorRevision.objects.get()
    written.document = {}

    with pytest.raises(TypeError):
        written.save()


def test_an_id_beyond_every_table_finds_nothing(store):
    assert store.get(Ref("task", 2**70)) is None
    assert store.find("task", Query()).total == 0
