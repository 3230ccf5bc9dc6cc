from __future__ import annotations

import pytest
from tests.packages import samples

from factotum.core.errors import BadPackage
from factotum.core.fields import Fields, Link, Text
from factotum.core.values import Ref
from factotum.packages.importer import import_package
from factotum.packages.service_hosts import with_same_owner
from factotum.records.record_type import RecordType, record_types


def test_types_may_be_named_by_their_long_name_too(desk, store):
    package = samples.service()
    package["records"][0]["_context"] = "cerberusweb.contexts.connected_service"
    package["records"][1]["_context"] = "cerberusweb.contexts.connected_account"
    import_package(package, samples.SERVICE_ANSWERS, desk)
    assert store.get(Ref("connected_account", 1))["owner__context"] == "app"


def test_a_type_of_the_format_is_kept_by_its_long_name_too(desk, store):
    package = samples.tasks()
    package["records"].append({"uid": "w", "_context": "cerberusweb.contexts.workspace.page"})
    result = import_package(package, None, desk)
    assert store.get(Ref("custom", result.records["custom"]["w"]["id"]))["kind"] == "workspace_page"
    assert "workspace_page" in result.warnings[0]


@pytest.mark.parametrize(
    ("context", "code", "hint"),
    [("taks", "unknown-record-type", "Did you mean 'task'?"),
     ("zeppelin", "unknown-record-type", "Use a type such as"),
     ("acme.contexts.rocket", "unknown-record-type", ""),
     ("app", "wrong-record-type", "Leave it out.")],
)  # fmt: skip
def test_a_type_that_cannot_be_made_is_named(desk, context, code, hint):
    package = samples.tasks()
    package["records"][0]["_context"] = context
    with pytest.raises(BadPackage) as caught:
        import_package(package, None, desk)
    fault = caught.value.faults[0]
    assert (fault.code, fault.path) == (code, "records[0]._context")
    assert hint in fault.hint


def test_a_field_that_a_type_does_not_have_is_told_or_its_spelling_mended(desk):
    result = import_package(samples.tasks(favourite_colour="blue", updated_at=5), None, desk)
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("records[0].favourite_colour: ")
    with pytest.raises(BadPackage) as caught:
        import_package(samples.tasks(importence=5), None, desk)
    assert caught.value.faults[0].hint == "Did you mean 'importance'?"


def test_short_names_of_bots_and_behaviors_are_taken(desk, store):
    package = samples.webhook()
    package["bots"][0]["uri"] = "hooks"
    package["bots"][0]["behaviors"][0]["uri"] = "answer"
    import_package(package, None, desk)
    assert store.get(Ref("bot", 1))["uri"] == "hooks"
    assert store.get(Ref("behavior", 1))["uri"] == "answer"


def test_a_behavior_may_stand_alone_and_join_a_bot_that_exists(desk, store):
    import_package(samples.webhook(), None, desk)
    behavior = {**samples.webhook()["bots"][0]["behaviors"][0], "uid": "more", "bot_id": 1}
    package = {"package": {"name": "More"}, "behaviors": [behavior]}
    result = import_package(package, None, desk)
    assert store.get(Ref("behavior", result.records["behavior"]["more"]["id"]))["bot_id"] == 1
    behavior["bot_id"] = 99
    with pytest.raises(BadPackage) as caught:
        import_package(package, None, desk)
    assert caught.value.faults[0].path == "behaviors[0].bot_id"


def test_an_id_that_fits_a_sibling_means_the_sibling_whatever_has_that_id_here(desk, store):
    import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
    for _ in range(10):
        import_package(samples.bot(), {"chirper_account_id": "1"}, desk, on_existing="new")
    last = import_package(samples.bot(), {"chirper_account_id": "1"}, desk, on_existing="new")
    ids = {uid: made["id"] for uid, made in last.records["behavior"].items()}
    menu = store.get(Ref("behavior", ids["behavior_15"]))
    offered = menu["nodes"][0]["params"]["actions"][0]["behavior_id"]
    assert offered == str(ids["behavior_23"])
    assert store.get(Ref("behavior", 23)) is not None


def test_a_service_signs_for_hosts_of_the_same_owner(desk, store):
    package = samples.service()
    for key in ("request_token_url", "authentication_url", "access_token_url"):
        package["records"][0]["params"][key] = "https://github.com/oauth"
    import_package(package, samples.SERVICE_ANSWERS, desk)
    assert "api.github.com" in store.get(Ref("connected_service", 1))["hosts"]
    assert with_same_owner(["unheard.example"]) == ["unheard.example"]


def test_a_service_that_only_signs_people_in_imports_with_a_word(desk):
    package = samples.tasks()
    package["records"] = [{
        "uid": "s", "_context": "connected_service", "name": "Directory",
        "extension_id": "cerb.service.provider.ldap", "params": {"host": "ldap.example"},
    }]  # fmt: skip
    result = import_package(package, None, desk)
    assert result.status == "imported"
    assert any("records[0]" in warning for warning in result.warnings)


def test_an_account_that_lacks_its_token_is_made_and_told(desk):
    package = samples.token()
    package["package"]["configure"]["prompts"] = []
    package["records"][1]["params"] = {}
    (warning,) = import_package(package, None, desk).warnings
    assert warning.startswith("records[1]: ")
    assert "Token" in warning


def test_records_that_point_to_each_other_in_a_circle_are_refused(desk, store):
    package = samples.tasks()
    package["records"] = [
        {"uid": "a", "_context": "test_knot", "name": "A", "knot_id": "{{{uid.b}}}"},
        {"uid": "b", "_context": "test_knot", "name": "B", "knot_id": "{{{uid.a}}}"},
    ]
    with pytest.raises(BadPackage) as caught:
        import_package(package, None, desk)
    assert caught.value.faults[0].code == "circle"
    package["records"][1]["knot_id"] = 0
    result = import_package(package, None, desk)
    assert store.get(Ref("test_knot", result.records["test_knot"]["a"]["id"]))["knot_id"] == 1


class Knot(RecordType):
    """A type whose records point to each other, such as a plug-in may bring."""

    key = full_id = "test_knot"
    label, plural = "Knot", "Knots"
    fields = Fields(
        Text(key="name", label="Name"), Link(key="knot_id", label="Next", to="test_knot")
    )


@pytest.fixture(autouse=True, scope="module")
def _knots():
    record_types.add("test_knot")(Knot)
    yield
    record_types._classes.pop("test_knot")
