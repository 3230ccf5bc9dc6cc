"""The guide from start to finish on the command line; the callback reaches a server beside it."""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from tests.guide import packages
from tests.servers.product import prepared, serving

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent


@pytest.fixture
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def product(tmp_path, sandbox):
    return prepared(tmp_path, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")


def good(done):
    assert done.code == 0, done.err
    return done


def begun(product, account="Twitter"):
    """``factotum link`` under way, and the consent address it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "factotum", "link", account],
        env=product.environ,
        cwd=product.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def imported(product, sandbox):
    keys = sandbox.state.ensure_app("Guide", [f"{product.url}/oauth/callback"])
    (product.folder / "service.json").write_text(json.dumps(packages.service()))
    (product.folder / "bot.json").write_text(json.dumps(packages.bot()))
    good(
        product.command(
            "import", "service.json",
            "--set", f"the_id={keys.consumer_key}", "--set", f"the_secret={keys.consumer_secret}",
        )
    )  # fmt: skip
    account = product.command("accounts", "--json").json()[0]["id"]
    good(product.command("import", "bot.json", "--set", f"the_account={account}"))


def test_the_guide_by_pasting(product, sandbox):
    imported(product, sandbox)
    process, address = begun(product)
    back = consent(sandbox.state, address, sandbox.state.user_named("bob"))["location"]

    out, err = process.communicate(f"{back}\n", timeout=60)

    assert (process.returncode, out) == (0, "Linked as @bob.\n"), err
    shown = good(
        product.command(
            "call", "Twitter", "GET",
            "https://api.twitter.com/1.1/users/show.json?screen_name=bob",
        )
    )  # fmt: skip
    assert json.loads(shown.out)["screen_name"] == "bob"
    for name, *values in (
        ("Post", "var_text=Said on the command line"),
        ("Search", "var_q=command"),
        ("Mentions",),
        ("User", "var_name=bob"),
    ):
        options = [part for value in values for part in ("--set", value)]
        good(product.command("run", name, *options))
    assert [tweet.text for tweet in sandbox.state.tweets.values()] == ["Said on the command line"]
    again = product.command("run", "Post", "--set", "var_text=Said on the command line")
    assert again.code == 1
    assert "posted before" in again.err
    assert len(sandbox.state.tweets) == 1


def test_the_guide_by_a_callback_that_reaches_the_server(product, sandbox):
    imported(product, sandbox)
    with serving(product):
        cookie = product.signed_in()
        process, address = begun(product)
        back = consent(sandbox.state, address, sandbox.state.user_named("bob"))["location"]
        come_back(product, cookie, back)

        out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (0, "Linked as @bob.\n"), err


@pytest.mark.parametrize("package", ["x", "x-oauth2"])
def test_a_denial_that_reaches_the_server_is_told_to_the_waiting_command(product, sandbox, package):
    keys = sandbox.state.ensure_app("Guide", [f"{product.url}/oauth/callback"])
    pair = (keys.consumer_key, keys.consumer_secret)
    if package == "x-oauth2":
        pair = (keys.client_id, keys.client_secret)
    good(
        product.command(
            "import", package,
            "--set", f"prompt_client_id={pair[0]}", "--set", f"prompt_client_secret={pair[1]}",
        )
    )  # fmt: skip
    account = str(product.command("accounts", "--json").json()[0]["id"])
    with serving(product):
        cookie = product.signed_in()
        process, address = begun(product, account)
        with pytest.raises(urllib.error.HTTPError) as page:
            come_back(product, cookie, consent(sandbox.state, address, None)["location"])
        assert "Consent was denied" in page.value.read().decode()
        page.value.close()

        out, err = process.communicate(timeout=60)  # far less than a link lives

    assert (process.returncode, out) == (1, "")
    assert "Consent was denied" in err.splitlines()[-1]
    assert "Traceback" not in err


def come_back(product, cookie, address):
    """The browser, sent back to the product."""
    assert address.startswith(f"{product.url}/oauth/callback?")
    request = urllib.request.Request(address, headers={"Cookie": cookie})
    urllib.request.urlopen(request, timeout=30).close()
