"""A few hundred broken packages: each is refused with a place, and nothing is written."""

from __future__ import annotations

import copy
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.memory_store import MemorySecretBox, MemoryStore
from tests.packages import samples
from tests.packages.conftest import new_desk

from factotum.core.errors import BadPackage
from factotum.packages.importer import import_package

REQUIRED = {
    "service": [
        ("package",), ("package", "name"),
        ("package", "configure", "prompts", 0, "key"), ("package", "configure", "prompts", 1, "type"),
        ("records", 0, "uid"), ("records", 0, "_context"), ("records", 0, "name"),
        ("records", 0, "extension_id"), ("records", 0, "params"), ("records", 0, "params", "client_id"),
        ("records", 0, "params", "client_secret"), ("records", 0, "params", "request_token_url"),
        ("records", 0, "params", "authentication_url"), ("records", 0, "params", "access_token_url"),
        ("records", 1, "uid"), ("records", 1, "_context"), ("records", 1, "name"),
        ("records", 1, "service_id"), ("records", 1, "owner__context"),
    ],
    "bot": [
        ("package", "configure", "prompts", 0, "params", "context"),
        ("bots", 0, "uid"), ("bots", 0, "name"), ("bots", 0, "owner"), ("bots", 0, "owner", "context"),
        *[("bots", 0, "behaviors", i, key) for i in range(3) for key in ("uid", "title", "event", "nodes")],
        *[("bots", 0, "behaviors", i, "event", "key") for i in range(3)],
        *[("bots", 0, "behaviors", i, "nodes", 0, "type") for i in range(3)],
        *[("bots", 0, "behaviors", i, "nodes", 0, "params", "actions", 0, "action") for i in range(3)],
    ],
    "webhook": [
        ("package", "configure", "placeholders", 0, "key"),
        ("records", 0, "name"), ("records", 0, "guid"), ("records", 0, "extension_id"),
        ("bots", 0, "behaviors", 0, "uid"),
    ],
}  # fmt: skip

WRONG_TYPE = {
    "service": [
        (("package",), "x"), (("package",), [1]), (("package", "name"), {"a": 1}),
        (("package", "configure"), "x"), (("package", "configure", "prompts"), "x"),
        (("package", "configure", "prompts", 0), "x"), (("package", "configure", "prompts", 0, "key"), {}),
        (("package", "requires"), "9.1"), (("package", "requires", "plugins"), "x"),
        (("records",), "x"), (("records",), {"a": {}}), (("records", 0), "x"), (("records", 0), None),
        (("records", 0, "uid"), {"a": 1}), (("records", 0, "_context"), ["x"]),
        (("records", 0, "name"), {"a": 1}), (("records", 0, "params"), "x"), (("records", 0, "params"), 7),
        (("records", 0, "params", "access_token_url"), "not an address"),
        (("records", 0, "params", "access_token_url"), {"a": 1}),
        (("records", 0, "params", "request_token_url"), "ftp://x.example/"),
        (("records", 1, "owner_id"), "everyone"), (("records", 1, "service_id"), "the first"),
        (("records", 1, "service_id"), 999), (("records", 1, "service_id"), "1e400"),
        (("records", 1, "owner__context"), "nobody"), (("records", 1, "params"), [1, 2]),
        (("records", 1, "service_id"), 10**40),
    ],
    "bot": [
        (("bots",), "x"), (("bots", 0), []), (("bots", 0, "behaviors"), "x"), (("bots", 0, "owner"), "app"),
        (("bots", 0, "params"), "x"), (("bots", 0, "params", "config"), "x"),
        (("bots", 0, "params", "events"), "x"), (("bots", 0, "params", "events", "items"), "x"),
        (("bots", 0, "params", "actions", "mode"), "some"), (("bots", 0, "is_disabled"), "perhaps"),
        (("bots", 0, "behaviors", 0), 3), (("bots", 0, "behaviors", 0, "event"), "x"),
        (("bots", 0, "behaviors", 0, "nodes"), "x"), (("bots", 0, "behaviors", 0, "nodes", 0), "x"),
        (("bots", 0, "behaviors", 0, "priority"), "high"), (("bots", 0, "behaviors", 0, "priority"), 10**40),
        (("bots", 0, "behaviors", 0, "nodes", 0, "status"), "sleeping"),
        (("bots", 0, "behaviors", 0, "nodes", 0, "type"), "outcome"),
        (("bots", 0, "behaviors", 0, "nodes", 0, "params"), "x"),
        (("bots", 0, "behaviors", 0, "nodes", 0, "params", "actions"), "x"),
        (("bots", 0, "behaviors", 1, "variables"), ["x"]),
    ],
    "webhook": [
        (("package", "configure", "placeholders"), "x"),
        (("package", "configure", "placeholders", 0, "type"), "data_query"),
        (("records", 0, "extension_params"), "x"),
        (("records", 0, "extension_params", "behavior_id"), "{{{uid.bot_hook}}}"),
        (("records", 0, "extension_params", "behavior_id"), 12345),
    ],
}  # fmt: skip

UNKNOWN = {
    "service": [
        (("records", 0, "_context"), "conected_service"), (("records", 0, "_context"), "app"),
        (("records", 0, "_context"), "spaceship"), (("records", 0, "extension_id"), "cerb.service.provider.oauth3"),
        (("records", 0, "extension_id"), "nothing.like.it"),
        (("records", 1, "service_id"), "{{{uid.service_chirpr}}}"), (("records", 1, "service_id"), "{{{uid.none}}}"),
        (("records", 1, "service_id"), "{{{uid.account_chirper}}}"),
        (("records", 1, "owner__context"), "wroker"), (("records", 0, "nmae"), None),
        (("package", "requires", "cerb_version"), "11.0"), (("package", "requires", "cerb_version"), "soon"),
        (("package", "requires", "plugins"), ["acme.rockets"]),
        (("package", "configure", "prompts", 0, "type"), "slider"),
    ],
    "bot": [
        (("bots", 0, "behaviors", 0, "event", "key"), "event.macro.bott"),
        (("bots", 0, "behaviors", 0, "event", "key"), "event.of.nobody"),
        (("bots", 0, "behaviors", 0, "nodes", 0, "type"), "acton"),
        (("bots", 0, "behaviors", 1, "nodes", 0, "params", "actions", 0, "action"), "core.va.action.htp_request"),
        (("bots", 0, "behaviors", 1, "nodes", 0, "params", "actions", 0, "action"), "no_such_thing"),
        (("bots", 0, "behaviors", 2, "nodes", 0, "params", "actions", 0, "behavior_id"), "{{{uid.behavior_91}}}"),
        (("package", "configure", "prompts", 0, "params", "context"), "conected_account"),
    ],
}  # fmt: skip

TEMPLATES = [
    "{{{prompt_client_id", "{{{ }}}", "{{{prompt_client_id|no_such_filter}}}", "{{{no_such_function()}}}",
    "{{% if %}}x{{% endif %}}", "{{% if 1 %}}x", "{{% endfor %}}", "{{% wrong %}}", "{{{1 +}}}", "{{{'open}}}",
    "{{{(1}}}", "{{{uid.}}}", "{{# never closed", "{{{1 // }}}", "{{{a b}}}", "{{{uid.nothing_here}}}",
]  # fmt: skip

ANSWERS = {
    "service": samples.SERVICE_ANSWERS,
    "bot": {"chirper_account_id": "1"},
    "webhook": None,
}


def at(value, way):
    for step in way:
        value = value[step]
    return value


def without(name, way):
    package = getattr(samples, name)()
    del at(package, way[:-1])[way[-1]]
    return package


def with_value(name, way, value):
    package = getattr(samples, name)()
    at(package, way[:-1])[way[-1]] = value
    return package


def lacking():
    for name, ways in REQUIRED.items():
        for way in ways:
            yield pytest.param(name, without(name, way), id=f"{name} without {way}")


def changed():
    for table in (WRONG_TYPE, UNKNOWN):
        for name, changes in table.items():
            for way, value in changes:
                package = with_value(name, way, value)
                if way == ("records", 0, "nmae"):
                    package["records"][0]["nmae"] = package["records"][0].pop("name")
                yield pytest.param(name, package, id=f"{name} {way} = {str(value)[:30]}")


def badly_templated():
    ways = [("records", 0, "name"), ("records", 0, "params", "client_id"), ("records", 1, "uri")]
    url = ("bots", 0, "behaviors", 1, "nodes", 0, "params", "actions", 0, "http_url")
    for template in TEMPLATES:
        for way in ways:
            package = with_value("service", way, template)
            yield pytest.param("service", package, id=f"service {way} = {template}")
        yield pytest.param("bot", with_value("bot", url, template), id=f"bot url = {template}")


def twice_the_same_uid():
    first = {"service": "service_chirper", "bot": "bot_2", "webhook": "bot_hook"}
    ways = {
        "service": [("records", 1)],
        "bot": [("bots", 0, "behaviors", i) for i in range(3)],
        "webhook": [("records", 0)],
    }
    for name, found in ways.items():
        for way in found:
            package = with_value(name, (*way, "uid"), first[name])
            yield pytest.param(name, package, id=f"{name} {way} twice")


CASES = [*lacking(), *changed(), *badly_templated(), *twice_the_same_uid()]


def prepared():
    store = MemoryStore()
    secrets = MemorySecretBox(store)
    desk = new_desk(store, secrets)
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    return store, secrets, desk


def refuse(source, answers, early=True):
    """Imported in every way it can be asked for: nothing is written, each fault has a place."""
    store, secrets, desk = prepared()
    before = store.rows(), copy.deepcopy(secrets.sealed)
    with pytest.raises(BadPackage) as caught:
        import_package(source, answers, desk)
    for fault in caught.value.faults:
        assert fault.path, fault
        assert fault.sentence.endswith((".", "?", "…", ")")), fault
        assert fault.code
    assert (store.rows(), secrets.sealed) == before
    if early:
        with pytest.raises(BadPackage):
            import_package(source, None, desk)
        with pytest.raises(BadPackage):
            import_package(source, answers, desk, plan=True)
        assert (store.rows(), secrets.sealed) == before
    return caught.value.faults


@pytest.mark.parametrize(("name", "package"), CASES)
def test_it_is_refused_and_nothing_is_written(name, package):
    refuse(json.dumps(package), ANSWERS[name])


@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_package_cut_off_anywhere_is_refused(name):
    text = json.dumps(getattr(samples, name)(), indent=1)
    for cut in random.Random(7).sample(range(len(text)), 40):
        faults = refuse(text[:cut], ANSWERS[name], early=False)
        assert faults[0].code in {"cut-off", "not-json", "empty"}


def test_a_file_of_20_mb_is_refused():
    package = samples.webhook()
    package["bots"][0]["image"] = "x" * 20 * 1024 * 1024
    assert refuse(json.dumps(package), None)[0].code == "too-large"


@pytest.mark.parametrize("depth", [60, 150, 5_000, 100_000])
def test_deep_nesting_is_refused(depth):
    text = json.dumps(samples.webhook())
    action = '{"type": "switch", "nodes": [{"type": "outcome", "nodes": ['
    deep = action * depth + "]}]}" * depth
    broken = text.replace('"nodes": [{"type": "action"', f'"nodes": [{deep}, {{"type": "action"')
    assert refuse(broken, None)[0].code == "too-deep"


def test_a_package_with_nothing_in_it_is_refused():
    for package in (
        {"package": {"name": "Empty"}},
        {"package": {"name": "Empty"}, "records": []},
        {"package": {"name": "Kept"}, "workspaces": []},
        {"package": {"name": "Kept"}, "my_own_things": [{"uid": "w"}]},
    ):
        assert refuse(package, None)[0].code == "empty-package"


def test_an_owner_of_the_wrong_kind_is_refused():
    package = samples.webhook()
    package["bots"][0]["owner"] = {"context": "worker", "id": "{{{uid.webhook_1}}}"}
    refuse(package, None)


BROKEN = st.sampled_from(
    [None, True, -1, 1e9, "", "x", "{{{", "{{{uid.x}}}", [], {}, [[]], {"a": 1}]
)


def ways(value, way=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*way, key)
            yield from ways(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (*way, index)
            yield from ways(item, (*way, index))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_anything_put_anywhere_is_imported_whole_or_refused_whole(data):
    name = data.draw(st.sampled_from(list(ANSWERS)))
    package = getattr(samples, name)()
    for _ in range(data.draw(st.integers(1, 2))):
        found = list(ways(package))
        if not found:
            break
        way = data.draw(st.sampled_from(found))
        at(package, way[:-1])[way[-1]] = copy.deepcopy(data.draw(BROKEN))
    store, secrets, desk = prepared()
    before = store.rows(), copy.deepcopy(secrets.sealed)
    status, faults = attempt(json.dumps(package), ANSWERS[name], desk)
    assert all(fault.path for fault in faults)
    if status != "imported":
        assert (store.rows(), secrets.sealed) == before
    assert "900000000000" not in str(store.rows())


def attempt(source, answers, desk):
    try:
        return import_package(source, answers, desk).status, []
    except BadPackage as error:
        return "refused", error.faults
