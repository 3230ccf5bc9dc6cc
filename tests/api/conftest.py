"""The product served as people serve it, with a sandbox and a strange service behind it."""

import pytest
from tests.guide import packages
from tests.servers.echo import Echo
from tests.servers.product import prepared, serving

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent


@pytest.fixture(scope="module")
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture(scope="module")
def echo():
    with Echo() as served:
        yield served


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox):
    folder = tmp_path_factory.mktemp("product")
    made = prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
    with serving(made):
        yield made


def service_by_basic(name, base_url, **account):
    """A package of a service by HTTP Basic; account params as given."""
    return {
        "package": {"name": f"{name} by basic", "revision": 1},
        "records": [
            {
                "uid": "s",
                "_context": "connected_service",
                "name": name,
                "extension_id": "cerb.service.provider.http.basic",
                "params": {"base_url": base_url},
            },
            {
                "uid": "a",
                "_context": "connected_account",
                "name": name,
                "service_id": "{{{uid.s}}}",
                "owner__context": "app",
                "owner_id": 0,
                "params": account,
            },
        ],
    }


@pytest.fixture(scope="module")
def strange(product, echo):
    """The id of an account at the strange service."""
    package = service_by_basic(
        "Strange", f"{echo.url}/", username="ada", password="a-basic-passw0rd"
    )
    answer = product.api("POST", "/packages/import", {"package": package, "prompts": {}})
    assert answer.status == 200, answer.text
    return answer.json()["records"]["connected_account"]["a"]["id"]


@pytest.fixture(scope="module")
def linked(product, sandbox):
    """Service, linked account and bot at the sandbox: ids by uid."""
    keys = sandbox.state.ensure_app("Help desk", [f"{product.url}/oauth/callback"])
    answers = {"the_id": keys.consumer_key, "the_secret": keys.consumer_secret}
    service = product.api(
        "POST", "/packages/import", {"package": packages.service(), "prompts": answers}
    ).json()
    account = service["records"]["connected_account"]["the_account"]["id"]
    started = product.api("POST", f"/accounts/{account}/link").json()
    state = sandbox.state
    address = consent(state, started["authorize_url"], state.user_named("alice"))["location"]
    pasted = product.api("POST", f"/accounts/{account}/link/paste", {"callback_url": address})
    assert pasted.status == 200, pasted.text
    bot = product.api(
        "POST",
        "/packages/import",
        {"package": packages.bot(), "prompts": {"the_account": account}},
    ).json()
    behaviors = {uid: record["id"] for uid, record in bot["records"]["behavior"].items()}
    return {"account": account, "bot": bot["records"]["bot"]["b"]["id"], **behaviors}


@pytest.fixture
def calm(sandbox):
    """A sandbox whose faults are gone after the test."""
    yield sandbox
    sandbox.state.switches.clear()


def is_problem(answer, status, code):
    """The answer is a problem document of this status and code; its sentence."""
    assert (answer.status, answer.header("content-type")) == (status, "application/problem+json")
    document = answer.json()
    assert (document["status"], document["code"]) == (status, code)
    assert document["title"]
    assert document["detail"]
    return document["detail"]
