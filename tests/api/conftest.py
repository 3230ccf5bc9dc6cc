"""The product served as people serve it, with a sandbox and a strange service behind it."""

import pytest
from tests.servers.linked import imported, linked_bot
from tests.servers.product import prepared, serving


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
    return imported(product, package, {})["connected_account"]["a"]["id"]


@pytest.fixture(scope="module")
def linked(product, sandbox):
    """Service, linked account and bot at the sandbox: ids by uid."""
    return linked_bot(product, sandbox.state, "Help desk")


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
