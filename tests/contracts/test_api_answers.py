"""Real answers are what the API's description says, and hold nothing that it does not name."""

import copy

import pytest
from jsonschema import Draft202012Validator
from tests.guide import packages


@pytest.fixture(scope="module")
def document(product):
    return product.ask("GET", "/api/openapi.json", token="").json()


def closed(schema):
    """The same, with every object that names its members holding no others."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


def faults(document, path, method, answer):
    """What of an answer is not as described."""
    responses = document["paths"][f"/api/v1{path}"][method.lower()]["responses"]
    described = responses.get(str(answer.status)) or responses["default"]
    media_type = answer.header("content-type").partition(";")[0]
    schema = copy.deepcopy(described["content"][media_type]["schema"])
    rooted = closed({**schema, "components": document["components"]})
    return [error.message for error in Draft202012Validator(rooted).iter_errors(answer.json())]


def asked(product, method, path, body=None, **options):
    return product.api(method, path, body, **options)


def test_every_operation_says_what_it_answers(document):
    for path, operations in document["paths"].items():
        if path.startswith("/api/v1/proxy/"):  # a service's own answer
            continue
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                [content] = response["content"].values()
                assert "additionalProperties" not in content["schema"], (path, method, status)
                assert {"$ref", "oneOf", "properties", "items"} & content["schema"].keys(), path


def test_a_member_that_is_not_described_is_seen(product, document):
    known = document["components"]["schemas"]["LibraryPackage"]["properties"]
    less = {key: value for key, value in known.items() if key != "icon"}
    changed = copy.deepcopy(document)
    changed["components"]["schemas"]["LibraryPackage"]["properties"] = less

    assert faults(changed, "/packages/library", "GET", asked(product, "GET", "/packages/library"))


def test_every_component_that_is_named_is_there(document):
    Draft202012Validator.check_schema({"$defs": document["components"]["schemas"]})
    text = str(document)
    named = {part.partition("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= document["components"]["schemas"].keys()


LISTS = ("services", "accounts", "bots", "behaviors", "webhooks")


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_their_records(product, linked, document, name):
    many = asked(product, "GET", f"/{name}")
    assert faults(document, f"/{name}", "GET", many) == []
    for item in many.json()["items"]:
        one = asked(product, "GET", f"/{name}/{item['id']}")
        assert faults(document, f"/{name}/{{id}}", "GET", one) == []


@pytest.mark.parametrize(
    "type",
    ["connected_service", "connected_account", "bot", "behavior", "worker", "role", "app", "group"],
)
def test_records_of_any_type(product, linked, document, type):
    many = asked(product, "GET", f"/records/{type}")
    assert faults(document, "/records/{type}", "GET", many) == []
    for item in many.json()["items"]:
        one = asked(product, "GET", f"/records/{type}/{item['id']}")
        assert faults(document, "/records/{type}/{id}", "GET", one) == []


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("behavior", ["b_user", "b_post"])
def test_runs(product, linked, document, behavior, wait):
    values = {"var_name": "alice"} if behavior == "b_user" else {"var_text": f"Wait: {wait}"}
    path = "/behaviors/{id}/run"

    ran = asked(
        product, "POST", f"/behaviors/{linked[behavior]}/run", {"vars": values, "wait": wait}
    )

    assert ran.status == (200 if wait else 202)
    assert faults(document, path, "POST", ran) == []
    one = asked(product, "GET", f"/runs/{ran.json()['id']}")
    assert faults(document, "/runs/{id}", "GET", one) == []
    assert faults(document, "/runs", "GET", asked(product, "GET", "/runs")) == []


def test_linking(product, linked, document):
    account = linked["account"]

    started = asked(product, "POST", f"/accounts/{account}/link")
    pasted = asked(
        product, "POST", f"/accounts/{account}/link/paste", {"callback_url": "https://x.example/"}
    )

    assert faults(document, "/accounts/{id}/link", "POST", started) == []
    assert pasted.status == 409
    assert faults(document, "/accounts/{id}/link/paste", "POST", pasted) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"package": packages.service(name="A")}, 200),
        ({"package": packages.service(name="B"), "prompts": {"the_id": ""}}, 200),
        ({"package": packages.bot(name="C")}, 200),
        (
            {
                "package": packages.service(name="D"),
                "prompts": {"the_id": "i", "the_secret": "s"},
                "plan": True,
            },
            200,
        ),
        (
            {"package": packages.service(name="E"), "prompts": {"the_id": "i", "the_secret": "s"}},
            200,
        ),
        ({"package": {"records": [{"uid": "a", "_context": "teapot"}]}}, 422),
        ({"package": 7}, 422),
    ],
)
def test_importing(product, document, body, status):
    done = asked(product, "POST", "/packages/import", body)

    assert done.status == status
    assert faults(document, "/packages/import", "POST", done) == []


def test_the_library(product, document):
    shelf = asked(product, "GET", "/packages/library")

    assert shelf.json()
    assert faults(document, "/packages/library", "GET", shelf) == []


@pytest.mark.parametrize(
    ("method", "path", "template", "body"),
    [
        ("GET", "/runs/none", "/runs/{id}", None),
        ("GET", "/records/teapot", "/records/{type}", None),
        ("GET", "/bots?q=colour:red", "/bots", None),
        ("POST", "/accounts/0/unlink", "/accounts/{id}/unlink", None),
        ("POST", "/behaviors/0/run", "/behaviors/{id}/run", {"vars": 1}),
        ("POST", "/behaviors/0/run", "/behaviors/{id}/run", b"{"),
    ],
)
def test_problems(product, document, method, path, template, body):
    failed = asked(product, method, path, body)

    assert failed.header("content-type") == "application/problem+json"
    assert faults(document, template, method, failed) == []


def test_a_problem_without_a_token(product, document):
    assert faults(document, "/bots", "GET", product.ask("GET", "/api/v1/bots", token="")) == []


def test_limits_and_money(product, linked, document):
    account, cap = linked["account"], {"period": "day", "unit": "usd", "amount": "500"}
    asked(product, "GET", f"/proxy/{account}/https://api.x.com/2/users/me")
    operations = [
        ("PUT", "/accounts/{id}/caps", account, {"caps": [cap]}),
        ("GET", "/accounts/{id}/limits", account, None),
        ("GET", "/accounts/{id}/caps", account, None),
        ("GET", "/bots/{id}/caps", linked["bot"], None),
        ("GET", "/behaviors/{id}/caps", linked["b_post"], None),
        ("POST", "/accounts/{id}/limits/go-on", account, None),
        ("GET", "/services/{id}/prices", 1, None),
        ("PUT", "/accounts/{id}/caps", account, {"caps": []}),
    ]
    for method, path, number, body in operations:
        answer = asked(product, method, path.replace("{id}", str(number)), body)
        assert answer.status == 200, (path, answer.text)
        assert faults(document, path, method, answer) == []
