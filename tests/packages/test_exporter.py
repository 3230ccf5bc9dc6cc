from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.memory_store import MemorySecretBox, MemoryStore
from tests.packages import samples
from tests.packages.conftest import new_desk

from factotum.core.errors import BadInput, NotFound
from factotum.core.values import Ref
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package

GIVEN_OUT = ("guid",)


def elsewhere():
    """Another installation."""
    store = MemoryStore()
    return new_desk(store, MemorySecretBox(store))


def import_all(package, desk, answers=None):
    """Answers every question: what is asked for by name is chosen, texts get the given answer."""
    form = import_package(json.dumps(package), None, desk)
    if form.status == "imported":
        return form
    chosen = {
        q.key: (answers or {}).get(q.key) or (q.choices[0].value if q.choices else "s3cr3t-value")
        for q in form.prompts
    }
    result = import_package(json.dumps(package), chosen, desk)
    assert result.status == "imported", result
    return result


def shape(desk):
    """All records by label, ids replaced by what they lead to: equal in equal installations."""
    records = {r: v for r, v in desk.store.records.items() if r.type != "package"}
    names = {f"{ref.id}": f"→{record.label}" for ref, record in records.items()}
    found = []
    for ref, record in records.items():
        values = {k: v for k, v in record.values.items() if k not in GIVEN_OUT}
        found.append((ref.type, record.label, json.dumps(_named(values, names), sort_keys=True)))
    return sorted(found)


def _named(value, names, key=""):
    if isinstance(value, dict):
        return {k: _named(v, names, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    return names.get(str(value), value) if key.endswith("_id") and value else value


@pytest.fixture
def chirper(desk):
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    return desk


def test_a_service_and_its_account_are_the_same_elsewhere(chirper):
    package = export_package([Ref("connected_account", 1)], chirper.store, chirper.secrets)
    other = elsewhere()
    import_all(package, other)
    assert shape(other) == shape(chirper)
    assert other.secrets.sealed == chirper.secrets.sealed


def test_a_bot_is_the_same_elsewhere(chirper):
    import_package(samples.bot(), {"chirper_account_id": "1"}, chirper)
    package = export_package(
        [Ref("bot", 1), Ref("connected_account", 1)], chirper.store, chirper.secrets
    )
    other = elsewhere()
    result = import_all(package, other)
    assert shape(other) == shape(chirper)
    assert result.repairs == ()


def test_an_account_outside_the_package_is_asked_for(chirper):
    import_package(samples.bot(), {"chirper_account_id": "1"}, chirper)
    package = export_package([Ref("bot", 1)], chirper.store, chirper.secrets)
    (prompt,) = package["package"]["configure"]["prompts"]
    assert prompt["type"] == "chooser"
    assert prompt["params"]["query"] == 'name:"Chirper"'
    other = elsewhere()
    import_package(samples.service(), samples.SERVICE_ANSWERS, other)
    import_all(package, other)
    assert shape(other) == shape(chirper)


def test_a_webhook_brings_its_bot_and_gets_a_new_address(desk):
    import_package(samples.webhook(), None, desk)
    package = export_package([Ref("webhook_listener", 1)], desk.store, desk.secrets)
    guid = desk.store.get(Ref("webhook_listener", 1))["guid"]
    assert guid not in json.dumps(package)
    other = elsewhere()
    import_all(package, other)
    assert shape(other) == shape(desk)
    assert other.store.get(Ref("webhook_listener", 1))["guid"] != guid


def test_a_webhooks_priority_and_deadline_go_out_where_they_say_something(desk):
    import_package(samples.webhook(), None, desk)
    ref = Ref("webhook_listener", 1)
    [plain] = export_package([ref], desk.store, desk.secrets)["records"]
    desk.store.update(ref, {"answer": "at_once", "priority": 7, "deadline": 600})
    package = export_package([ref], desk.store, desk.secrets)
    [entry] = package["records"]
    other = elsewhere()
    import_all(package, other)

    assert not {"priority", "deadline"} & plain.keys()
    assert (entry["priority"], entry["deadline"]) == (7, 600)
    assert shape(other) == shape(desk)


def test_secrets_are_never_exported_but_asked_for(desk):
    import_package(samples.token(), {"prompt_token": "tok-123"}, desk)
    package = export_package([Ref("connected_account", 1)], desk.store, desk.secrets)
    assert "tok-123" not in json.dumps(package)
    other = elsewhere()
    form = import_package(package, None, other)
    assert [(q.label, q.is_secret) for q in form.prompts] == [("Token: Token", True)]


def test_what_linking_brought_is_not_exported(chirper):
    ref = Ref("connected_account", 1)
    linked = {"params": {"user_id": "7"}, "linked_as": "@alice", "linked_at": 5, "health": "ok"}
    chirper.store.update(ref, linked)
    chirper.secrets.seal(ref, {"oauth_token": "tok-123"})
    text = json.dumps(export_package([ref], chirper.store, chirper.secrets))
    for left_out in ("user_id", "@alice", "tok-123", "linked_at", "health"):
        assert left_out not in text


def test_hosts_that_a_person_changed_are_exported(chirper):
    chirper.store.update(Ref("connected_service", 1), {"hosts": ["only.example"]})
    package = export_package([Ref("connected_service", 1)], chirper.store, chirper.secrets)
    assert package["records"][0]["hosts"] == ["only.example"]
    other = elsewhere()
    import_all(package, other)
    assert list(other.store.get(Ref("connected_service", 1))["hosts"]) == ["only.example"]


def test_it_is_named_after_what_it_came_from_or_as_asked(chirper):
    refs = [Ref("connected_account", 1)]
    first = export_package(refs, chirper.store, chirper.secrets)
    assert first["package"]["name"] == "Chirper Service"
    named = export_package(refs, chirper.store, chirper.secrets, name="Mine")
    assert named["package"]["name"] == "Mine"
    made = chirper.store.create("task", {"title": "By hand"})
    package = export_package([made.ref], chirper.store, chirper.secrets)
    assert package["package"]["name"] == "By hand"
    assert package["records"][0]["uid"] == f"task_{made.id}"


def test_importing_it_here_changes_the_records_it_came_from(chirper):
    package = export_package([Ref("connected_account", 1)], chirper.store, chirper.secrets)
    before = set(chirper.store.records)
    import_all(package, chirper)
    assert set(chirper.store.records) == before


def test_a_records_owner_and_links_are_asked_for_or_kept(desk):
    worker = desk.store.create("worker", {"name": "alice"})
    first = desk.store.create("task", {"title": "One", "owner_id": worker.id})
    second = desk.store.create("task", {"title": "Two", "links": [f"task:{first.id}", "odd"]})
    bot = desk.store.create(
        "bot", {"name": "B", "uri": "b", "owner__context": "worker", "owner_id": worker.id}
    )
    refs = [first.ref, second.ref, bot.ref]
    package = export_package(refs, desk.store, desk.secrets)
    assert package["records"][1]["links"] == ["task:{{{uid.task_1}}}", "odd"]
    other = elsewhere()
    other.store.create("worker", {"name": "alice"})
    import_all(package, other)
    assert shape(other) == shape(desk)


def test_records_kept_as_data_are_exported_as_they_came(desk):
    package = samples.tasks()
    page = {"uid": "page", "_context": "workspace_page", "name": "Mail", "x": {"y": [1]}}
    package["records"].append(page)
    result = import_package(package, None, desk)
    ref = Ref("custom", result.records["custom"]["page"]["id"])
    assert export_package([ref], desk.store, desk.secrets)["records"] == [page]


def test_uids_that_two_records_have_are_told_apart(desk):
    import_package(samples.tasks(), None, desk)
    second = samples.tasks(title="Other")
    second["package"]["name"] = "More tasks"
    import_package(second, None, desk)
    package = export_package([Ref("task", 1), Ref("task", 2)], desk.store, desk.secrets)
    assert [record["uid"] for record in package["records"]] == ["task_1", "task_2"]


def test_nothing_to_export_is_told(desk):
    with pytest.raises(BadInput, match="Name what to export"):
        export_package([], desk.store, desk.secrets)


def test_a_record_that_is_not_there_is_told(desk):
    with pytest.raises(NotFound, match="There is no bot with the id 7"):
        export_package([Ref("bot", 7)], desk.store, desk.secrets)


ODD = st.text("{}%#'\"ab|.\\\n", max_size=12)
PARAMS = st.recursive(
    ODD | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=ODD.filter(str.strip), config=st.dictionaries(ODD, PARAMS, max_size=3), url=ODD)
def test_any_text_survives_the_way_out_and_in(name, config, url):
    desk = elsewhere()
    bot = desk.store.create("bot", {"name": name, "config": config})
    action = {"action": "core.va.action.http_request", "http_url": url, "options": config}
    node = {"type": "action", "title": name, "params": {"actions": [action]}}
    desk.store.create(
        "behavior",
        {"bot_id": bot.id, "title": name, "event_key": "event.macro.bot", "nodes": [node]},
    )
    other = elsewhere()
    package = export_package([bot.ref], desk.store, desk.secrets, name="Odd")
    before = copy.deepcopy(package)
    import_all(package, other)
    assert package == before
    for ref in (Ref("bot", 1), Ref("behavior", 1)):
        assert other.store.get(ref).values == desk.store.get(ref).values
