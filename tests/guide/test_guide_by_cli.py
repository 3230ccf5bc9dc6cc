"""The guide from start to finish on the command line; the callback reaches a server beside it."""

import json
import subprocess
import sys
import urllib.request

import pytest
from tests.guide import packages
from tests.servers.product import installation, serving

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent


@pytest.fixture
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def product(tmp_path, sandbox):
    return installation(tmp_path, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")


def good(done):
    assert done.code == 0, done.err
    return done


def begun(product):
    """``factotum link`` under way, and the consent address it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "factotum", "link", "Twitter"],
        env=product.environ,
        cwd=product.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def prepared(product, sandbox):
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
    prepared(product, sandbox)
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
    prepared(product, sandbox)
    with serving(product):
        cookie = product.signed_in()
        process, address = begun(product)
        back = consent(sandbox.state, address, sandbox.state.user_named("bob"))["location"]
        assert back.startswith(f"{product.url}/oauth/callback?")
        urllib.request.urlopen(
            urllib.request.Request(back, headers={"Cookie": cookie}), timeout=30
        ).close()

        out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (0, "Linked as @bob.\n"), err
