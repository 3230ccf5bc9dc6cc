"""Sections whose records are not used yet, and bots of the same package that point into them."""

from __future__ import annotations

import copy
import json

import pytest
from tests.fakes.memory_store import MemorySecretBox, MemoryStore
from tests.packages import samples
from tests.packages.conftest import new_desk

from factotum.core.errors import BadPackage
from factotum.core.values import Ref
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package

SCORES = {
    "uid": "fieldset_scores",
    "name": "Scores of {{{team}}}",
    "context": "cerberusweb.contexts.contact",
    "owner": {"context": "cerberusweb.contexts.bot", "id": "{{{uid.bot_hook}}}"},
    "fields": [{"uid": "field_score", "name": "Score", "type": "N", "params": []}],
}
PAGE = {
    "uid": "page_scores",
    "name": "Scores",
    "tabs": [
        {
            "uid": "tab_scores",
            "name": "All",
            "widgets": [
                {
                    "uid": "widget_scores",
                    "label": "Average",
                    "params": {"field": "cf_{{{uid.field_score}}}"},
                }
            ],
        },
        {"name": "no uid", "widgets": [{"uid": "widget_alone", "label": "Alone"}, "odd"]},
    ],
}


def scoring():
    package = samples.webhook()
    team = {"type": "text", "key": "team", "label": "Team", "params": {}}
    package["package"]["configure"]["prompts"] = [team]
    package["custom_fieldsets"] = [SCORES]
    package["workspaces"] = [PAGE]
    script = "{{contact.custom_{{{uid.field_score}}}}}"
    package["bots"][0]["behaviors"][0]["nodes"] = [
        {
            "type": "action",
            "title": "Score",
            "params": {
                "actions": [
                    {"action": "set_http_body", "value": script},
                    {"action": "set_cf_contact_custom_{{{uid.field_score}}}", "value": "1"},
                ]
            },
        }
    ]
    return copy.deepcopy(package)


@pytest.fixture
def imported(desk):
    return import_package(scoring(), {"team": "Blue"}, desk)


def test_every_uid_in_them_names_a_kept_record(desk, imported):
    made = imported.records["custom"]
    kinds = {uid: desk.store.get(Ref("custom", each["id"]))["kind"] for uid, each in made.items()}
    assert kinds == {
        "fieldset_scores": "custom_fieldset",
        "field_score": "custom_field",
        "page_scores": "workspace_page",
        "tab_scores": "workspace_tab",
        "widget_scores": "workspace_widget",
        "widget_alone": "workspace_widget",
    }
    assert made["fieldset_scores"]["label"] == "Scores of Blue"


def test_bots_point_into_them_by_id(desk, imported):
    field = imported.records["custom"]["field_score"]["id"]
    behavior = imported.records["behavior"]["behavior_43"]["id"]
    steps = desk.store.get(Ref("behavior", behavior))["nodes"][0]["params"]["actions"]
    assert steps[0]["value"] == f"{{{{contact.custom_{field}}}}}"
    assert steps[1]["action"] == f"set_cf_contact_custom_{field}"
    fieldset = imported.records["custom"]["fieldset_scores"]["id"]
    owner = desk.store.get(Ref("custom", fieldset))["document"]["owner"]
    assert owner["id"] == str(imported.records["bot"]["bot_hook"]["id"])


def test_what_cannot_be_used_is_named_without_a_number_that_means_nothing(imported):
    told = "\n".join(imported.warnings)
    assert "custom_fieldsets: this section is not available yet" in told
    assert "“Set custom field” (set_cf_contact_custom_…) is not available yet" in told
    assert "900000000" not in told
    assert "set_cf_contact_custom_…" in imported.reach.actions


def test_a_second_import_changes_them_and_makes_none(desk, imported):
    before = set(desk.store.records)
    again = import_package(scoring(), {"team": "Red"}, desk)
    assert set(desk.store.records) == before
    assert again.records["custom"]["fieldset_scores"]["label"] == "Scores of Red"


def test_they_are_exported_as_sections_with_the_prompts_they_need(desk, imported):
    bot = Ref("bot", imported.records["bot"]["bot_hook"]["id"])
    fieldset = Ref("custom", imported.records["custom"]["fieldset_scores"]["id"])
    package = export_package([bot, fieldset], desk.store, desk.secrets)
    assert package["custom_fieldsets"] == [SCORES]
    assert "records" not in package
    assert [each["key"] for each in package["package"]["configure"]["prompts"]] == ["team"]
    there = MemoryStore()
    other = new_desk(there, MemorySecretBox(there))
    result = import_package(package, {"team": "Green"}, other)
    assert result.records["custom"]["fieldset_scores"]["label"] == "Scores of Green"


def test_what_is_not_exported_with_them_is_asked_for_or_gone(desk, imported):
    fieldset = Ref("custom", imported.records["custom"]["fieldset_scores"]["id"])
    package = export_package([fieldset], desk.store, desk.secrets)
    assert package["custom_fieldsets"][0]["owner"]["id"] == "{{{bot_1_id}}}"
    desk.store.delete(Ref("bot", 1))
    package = export_package([fieldset], desk.store, desk.secrets)
    assert package["custom_fieldsets"][0]["owner"]["id"] == "0"


def test_what_stands_in_something_left_out_is_left_out(desk):
    package = scoring()
    package["workspaces"][0]["_exclude"] = "yes"
    made = import_package(package, {"team": "Blue"}, desk).records["custom"]
    assert set(made) == {"fieldset_scores", "field_score"}


@pytest.mark.parametrize("section", ["events", "toolbars", "settings", "worker_preferences"])
def test_a_package_that_only_changes_settings_is_kept_and_told(desk, store, section):
    package = {"package": {"name": "Only settings"}, section: {"a": "b"}}
    result = import_package(package, None, desk)
    assert (result.status, dict(result.records)) == ("imported", {})
    assert [warning.partition(":")[0] for warning in result.warnings] == [section]
    assert "Only settings" in str(store.rows())


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"calendars": {"uid": "x"}}, "calendars"),
        ({"calendars": ["x"]}, "calendars[0]"),
        ({"calendars": [{"name": "x"}]}, "calendars[0].uid"),
        ({"calendars": [{"uid": "c"}, {"uid": "c"}]}, "calendars[1].uid"),
        (
            {"calendars": [{"uid": "c", "events": [{"uid": "e", "name": "{{{uid.gone}}}"}]}]},
            "calendars[0].events[0].name",
        ),
        ({"portals": [{"uid": "p", "name": "{{{ 1 + }}}"}]}, "portals[0].name"),
    ],
)
def test_a_wrong_section_is_refused_with_its_place(desk, store, change, path):
    before = store.rows()
    with pytest.raises(BadPackage) as caught:
        import_package(json.dumps({"package": {"name": "Wrong"}} | change), None, desk)
    assert path in [fault.path for fault in caught.value.faults]
    assert store.rows() == before
