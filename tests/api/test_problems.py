"""Whatever fails under /api/ is a problem document with a stable code, and nothing changed."""

import json

import pytest
from tests.api.conftest import is_problem, service_by_basic
from tests.guide import packages


def test_without_a_token_it_says_how_to_get_one(product):
    for token in ("", "made-up"):
        answer = product.api("GET", "/accounts", token=token)
        assert "token create" in is_problem(answer, 401, "token-missing")
        assert answer.header("www-authenticate").startswith("Bearer")


def test_what_is_no_object_is_told_in_the_words_of_json(product):
    answer = product.api("POST", "/packages/import", {"package": []})
    assert is_problem(answer, 422, "bad-request") == "body.package: Input should be an object."


def test_an_unknown_address_and_a_wrong_method(product):
    is_problem(product.api("GET", "/teapots"), 404, "not-found")
    is_problem(product.ask("GET", "/api/nothing"), 404, "not-found")
    answer = product.api("DELETE", "/accounts")
    is_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.header("allow")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"package"',
        b"null",
        b"{}",
        b'{"package": []}',
        b'{"package": {}, "package": {}}',
        b'{"package": {"x": NaN}}',
        b'{"package": {"x": "\\ud800"}}',
        b"\xff\xfe{\x00}\x00",
        b'{"package": ' + b"[" * 50_000,
        b'{"package": {"package": {"name": "x"}, "records": [{"_context": "teapot"}]}, "prompts": {}}',
        b'{"package": {}, "plan": "perhaps"}',
        b'{"package": {}, "on_existing": "eat"}',
    ],
)
def test_a_faulty_import_is_told_and_writes_nothing(product, body):
    before = product.api("GET", "/records/package").json()["total"]

    answer = product.api("POST", "/packages/import", body)

    assert answer.status == 422
    assert answer.header("content-type") == "application/problem+json"
    assert answer.json()["detail"]
    assert product.api("GET", "/records/package").json()["total"] == before


def test_a_package_of_20_mb_is_too_large(product):
    body = b'{"package": {"x": "' + b"x" * 20_000_000 + b'"}}'

    assert "MB" in is_problem(product.api("POST", "/packages/import", body), 422, "too-large")


def test_a_package_names_each_fault_with_its_place(product):
    package = packages.service()
    package["records"][0]["extension_id"] = "no.such.provider"
    package["records"][1]["service_id"] = "{{{uid.nobody}}}"
    answers = {"the_id": "i", "the_secret": "s"}

    answer = product.api("POST", "/packages/import", {"package": package, "prompts": answers})

    assert answer.status == 422
    places = {fault["path"] for fault in answer.json()["faults"]}
    assert places == {"records[0].extension_id", "records[1].service_id"}
    assert product.api("GET", "/services?q=name:Twitter").json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/accounts/999", 404, "not-found"),
        ("/accounts/99999999999999999999999", 404, "not-found"),
        ("/records/teapot", 404, "unknown-record-type"),
        ("/records/teapot/1", 404, "unknown-record-type"),
        ("/runs/nope", 404, "not-found"),
        ("/runs/" + "0" * 32, 404, "not-found"),
        ("/runs/%00", 404, "not-found"),
        ("/runs?after=%00", 422, "bad-cursor"),
        ("/accounts?after=zzz", 422, "bad-cursor"),
        ("/accounts?q=colour:red", 422, "unknown-search-word"),
        ("/accounts?limit=many", 422, "bad-request"),
        ("/accounts/x", 404, "not-found"),
        ("/accounts/-1", 404, "not-found"),
    ],
)
def test_what_is_not_there_or_cannot_be_read(product, path, status, code):
    is_problem(product.api("GET", path), status, code)


def test_a_run_of_nothing_and_with_what_it_does_not_know(product, linked):
    is_problem(product.api("POST", "/behaviors/999/run", {}), 404, "not-found")
    answer = product.api("POST", f"/behaviors/{linked['b_user']}/run", {"vars": {"var_x": "1"}})
    is_problem(answer, 422, "unknown-input")
    assert "var_x" in answer.json()["fields"]


@pytest.mark.parametrize(
    ("callback", "code"),
    [
        ("https://x.example/oauth/callback?oauth_token=f&oauth_verifier=f", "callback-forged"),
        ("https://x.example/", "not-a-callback"),
        ("1234567", "nothing-pending"),
    ],
)
def test_a_callback_that_is_none_of_ours_links_nothing(product, strange, callback, code):
    package = packages.service(name=f"Fresh {code}")
    made = product.api(
        "POST",
        "/packages/import",
        {"package": package, "prompts": {"the_id": "i", "the_secret": "s"}},
    ).json()
    account = made["records"]["connected_account"]["the_account"]["id"]

    answer = product.api("POST", f"/accounts/{account}/link/paste", {"callback_url": callback})

    is_problem(answer, 409, code)


def test_an_account_that_is_not_linked_says_so(product):
    package = packages.service(name="Never linked")
    made = product.api(
        "POST",
        "/packages/import",
        {"package": package, "prompts": {"the_id": "i", "the_secret": "s"}},
    ).json()
    account = made["records"]["connected_account"]["the_account"]["id"]

    answer = product.api("GET", f"/proxy/{account}/https://api.twitter.com/1.1/x.json")

    is_problem(answer, 409, "not-linked")
    assert answer.header("x-factotum-run")


def test_a_consumer_secret_that_is_wrong_says_so(product, linked, sandbox):
    keys = sandbox.state.ensure_app("Other", [f"{product.url}/oauth/callback"])
    package = packages.service(name="Wrong secret")
    answers = {"the_id": keys.consumer_key, "the_secret": "not-the-secret-at-all"}
    made = product.api("POST", "/packages/import", {"package": package, "prompts": answers}).json()
    account = made["records"]["connected_account"]["the_account"]["id"]

    answer = product.api("POST", f"/accounts/{account}/link")

    assert answer.status == 409
    assert answer.json()["code"] != "link-failed"
    assert "not-the-secret-at-all" not in answer.text
    assert json.loads(answer.body)["title"] == "Conflict"


def test_a_service_at_a_private_address_is_refused(product):
    package = service_by_basic("Inside", "http://10.1.2.3/", username="u", password="p4ssw0rd-in")
    made = product.api("POST", "/packages/import", {"package": package, "prompts": {}}).json()
    account = made["records"]["connected_account"]["a"]["id"]

    answer = product.api("POST", f"/proxy/{account}/http://10.1.2.3/x", b"x")

    detail = is_problem(answer, 403, "private-address")
    assert "FACTOTUM_ALLOW_HOSTS" in detail
    run = product.api("GET", f"/runs/{answer.header('x-factotum-run')}").json()
    assert [effect["state"] for effect in run["effects"]] == ["refused"]
