"""Packages published for the format, where they are at hand: they import unchanged."""

from __future__ import annotations

import json

import pytest
from tests.packages.conftest import SHARED

from factotum.core.values import Ref
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package

FILES = sorted(SHARED.glob("*.json")) if SHARED.is_dir() else []
ORDER = sorted(FILES, key=lambda path: ("service" not in path.name, path.name))

pytestmark = pytest.mark.skipif(not FILES, reason="no published packages beside this checkout")


def import_file(path, desk):
    form = import_package(path.read_bytes(), None, desk)
    if form.status == "imported":
        return form
    answers = {q.key: q.choices[0].value if q.choices else f"a {q.label}" for q in form.prompts}
    return import_package(path.read_bytes(), answers, desk)


@pytest.fixture
def everything(desk):
    return {path.stem: import_file(path, desk) for path in ORDER}


def test_all_of_them_import(everything):
    assert {name: result.status for name, result in everything.items()} == dict.fromkeys(
        everything, "imported"
    )
    assert [w for result in everything.values() for w in result.warnings] == []


def test_all_of_them_import_twice_without_duplicates(everything, desk):
    before = set(desk.store.records)
    for path in ORDER:
        import_file(path, desk)
    assert set(desk.store.records) == before


def test_only_the_twitter_bot_needs_repairs(everything):
    needed = {name: len(result.repairs) for name, result in everything.items() if result.repairs}
    assert needed == {"twitter-bot": 3}


def test_the_twitter_bots_chat_leads_to_its_own_behaviors(everything, desk):
    ids = {uid: made["id"] for uid, made in everything["twitter-bot"].records["behavior"].items()}
    menu = json.dumps(desk.store.get(Ref("behavior", ids["behavior_15"]))["nodes"])
    assert f'"behavior_id": "{ids["behavior_23"]}"' in menu
    create = json.dumps(desk.store.get(Ref("behavior", ids["behavior_22"]))["nodes"])
    assert f'"behavior_id": "{ids["behavior_19"]}"' in create


def test_the_twitter_services_prompts_are_the_guides(desk):
    form = import_package((SHARED / "twitter-service.json").read_bytes(), None, desk)
    assert [(q.label, q.params["placeholder"]) for q in form.prompts] == [
        ("Client ID", "(paste your Client ID)"),
        ("Client Secret", "(paste your Client Secret)"),
    ]


def test_the_twilio_webhook_leads_to_its_behavior(everything, desk):
    result = everything["twilio-bot"]
    listener = desk.store.get(Ref("webhook_listener", 1))
    behavior = result.records["behavior"]["behavior_43"]["id"]
    assert listener["extension_params"]["behavior_id"] == str(behavior)
    bot = desk.store.get(Ref("bot", result.records["bot"]["bot_twilio"]["id"]))
    assert bot["config"]["account_sid"] == "a Account SID:"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_is_the_same_after_export_and_import(everything, desk, path):
    result = everything[path.stem]
    refs = [Ref(kind, r["id"]) for kind, made in result.records.items() for r in made.values()]
    values = {ref: desk.store.get(ref).values for ref in refs}
    package = export_package(refs, desk.store, desk.secrets)
    form = import_package(package, None, desk)
    if form.status == "prompts":
        answers = {q.key: q.choices[0].value if q.choices else "again" for q in form.prompts}
        form = import_package(package, answers, desk)
    assert form.status == "imported"
    assert {ref: desk.store.get(ref).values for ref in refs} == values
