"""No page shows what was sealed: cards, forms, lists, runs, the import page."""

import pytest
from tests.guide import packages
from tests.servers.product import prepared, serving

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A product with a linked account and a run; its secrets."""
    with running(State()) as sandbox:
        folder = tmp_path_factory.mktemp("office")
        product = prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
        with serving(product):
            keys = sandbox.state.ensure_app("Guide", [f"{product.url}/oauth/callback"])
            answers = {"the_id": keys.consumer_key, "the_secret": keys.consumer_secret}
            body = {"package": packages.service(), "prompts": answers}
            made = product.api("POST", "/packages/import", body).json()["records"]
            account = made["connected_account"]["the_account"]["id"]
            url = product.api("POST", f"/accounts/{account}/link").json()["authorize_url"]
            user = sandbox.state.user_named("alice")
            back = consent(sandbox.state, url, user)["location"]
            product.api("POST", f"/accounts/{account}/link/paste", {"callback_url": back})
            target = "https://api.twitter.com/1.1/users/show.json?screen_name=alice"
            called = product.api("GET", f"/proxy/{account}/{target}")
            [token] = sandbox.state.user_tokens.values()
            secrets = [keys.consumer_secret, token.secret, token.token]
            yield product, product.signed_in(), called.header("x-factotum-run"), secrets


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/search/connected_service",
        "/cards/connected_service/1",
        "/cards/connected_service/1/edit",
        "/cards/connected_account/1",
        "/cards/connected_account/1/edit",
        "/setup/configure/import-package",
        "/setup/developers/api",
        "/runs",
        "/runs/{run}",
    ],
)
def test_no_page_shows_a_secret(office, page):
    product, cookie, run, secrets = office

    shown = product.ask("GET", page.format(run=run), token="", headers={"Cookie": cookie})

    assert shown.status == 200, shown.text[:300]
    for secret in secrets:
        assert secret not in shown.text


def test_an_import_that_asks_again_does_not_echo_the_secret(office):
    product = office[0]
    body = {"package": packages.service(name="Again"), "prompts": {"the_secret": "echo-me-n0t"}}

    assert "echo-me-n0t" not in product.api("POST", "/packages/import", body).text
