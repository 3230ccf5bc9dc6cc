from __future__ import annotations

import json

import pytest

from factotum.core.errors import NotFound
from factotum.core.values import Ref
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package
from factotum.packages.shelf import load, shelf

NAMES = [package.name for package in shelf()]
SANDBOX = "http://127.0.0.1:8100"


def answers(form):
    return {q.key: q.value or f"answer-{q.key}" for q in form.prompts}


def imported(desk, text):
    form = import_package(text, None, desk)
    return import_package(text, answers(form), desk)


def test_the_library_lists_what_it_has_with_the_featured_first():
    assert NAMES[0] == "x"
    assert {"x", "x-oauth2", "github", "slack", "twilio", "stripe", "mastodon"} <= set(NAMES)
    for package in shelf():
        assert package.title
        assert package.description.endswith(".")
        assert package.instructions
        assert package.as_json()["name"] == package.name


@pytest.mark.parametrize("name", NAMES)
def test_each_package_imports_without_a_warning_or_a_repair(desk, name):
    result = imported(desk, load(name))
    assert (result.status, result.repairs, result.warnings) == ("imported", (), ())
    assert {"connected_service", "connected_account", "bot", "behavior"} <= set(result.records)


@pytest.mark.parametrize("name", NAMES)
def test_each_bot_calls_only_hosts_of_its_service(desk, name):
    reach = imported(desk, load(name)).reach
    assert reach.calls
    assert set(reach.calls) <= set(reach.hosts)


@pytest.mark.parametrize("name", NAMES)
def test_each_package_asks_for_its_secrets_as_passwords(desk, name):
    form = import_package(load(name), None, desk)
    secret = [q.key for q in form.prompts if q.is_secret]
    assert len(secret) == 1
    import_package(load(name), answers(form), desk)
    sealed = [value for values in desk.secrets.sealed.values() for value in values.values()]
    assert sealed == [f"answer-{secret[0]}"]


@pytest.mark.parametrize("name", NAMES)
def test_each_package_can_be_exported_and_imported_again(desk, name):
    result = imported(desk, load(name))
    refs = [Ref(kind, r["id"]) for kind, made in result.records.items() for r in made.values()]
    before = set(desk.store.records)
    again = imported(desk, json.dumps(export_package(refs, desk.store, desk.secrets)))
    assert (again.status, again.warnings) == ("imported", ())
    assert set(desk.store.records) == before


@pytest.mark.parametrize("name", ["x", "x-oauth2"])
def test_x_can_be_pointed_at_the_sandbox(desk, store, name):
    result = imported(desk, load(name, f"{SANDBOX}/"))
    assert result.reach.hosts == ("127.0.0.1:8100",)
    assert result.reach.calls == ("127.0.0.1:8100",)
    assert "x.com/" not in json.dumps(store.get(Ref("connected_service", 1))["params"])


def test_an_address_ending_in_a_slash_makes_no_double_slash(desk, store):
    form = import_package(load("x"), None, desk)
    given = {**answers(form), "prompt_api_base_url": f"{SANDBOX}/"}
    import_package(load("x"), given, desk)
    params = store.get(Ref("connected_service", 1))["params"]
    assert params["request_token_url"] == f"{SANDBOX}/oauth/request_token"


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(NotFound, match="Did you mean 'github'"):
        load("githbu")
    with pytest.raises(NotFound, match="The library has: github, "):
        load("zzz")
    with pytest.raises(ValueError, match="no address"):
        load("x", "ftp:nowhere")


@pytest.mark.parametrize(
    ("name", "line"),
    [("stripe", "POST /v1/* 86400"), ("mastodon", "POST /api/v1/statuses 3600")],
)
def test_a_service_says_which_keys_it_honours_and_hands_that_on(desk, name, line):
    service = next(iter(imported(desk, load(name)).records["connected_service"].values()))
    ref = Ref("connected_service", service["id"])

    assert list(desk.store.get(ref)["idempotency_keys"]) == [line]
    [entry] = export_package([ref], desk.store, desk.secrets)["records"]
    assert entry["idempotency_keys"] == [line]
