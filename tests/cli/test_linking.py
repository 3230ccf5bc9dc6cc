"""``factotum link``: consent, the address pasted back, what it says then."""

import http.client
import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from tests.cli.conftest import link
from tests.guide import packages
from tests.servers.product import prepared, serving

from factotum.sandbox.steering import consent


def test_linking_by_pasting_says_as_whom(product, made, sandbox):
    code, out, err = link(product, sandbox)

    assert (code, out.strip()) == (0, "Linked as @alice."), err


def test_linking_with_json_prints_json_alone(product, made, sandbox):
    code, out, _ = link(product, sandbox, "--json")

    assert code == 0
    assert json.loads(out)["linked_as"] == "@alice"


def test_where_nothing_can_receive_the_callback_it_asks_for_the_address_alone(apart):
    process = linking(apart, stdin=subprocess.PIPE)
    said = [process.stderr.readline() for _ in range(2)]
    process.communicate("", timeout=60)

    assert said[1].startswith("Nothing is running that could receive the callback.")
    assert "paste the address" in said[1]
    assert process.returncode == 1


def test_consent_denied_is_told(product, made, sandbox):
    code, out, err = link(product, sandbox, allow=False)

    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "keeps what it had" in err or "nothing was changed" in err.lower() or "not" in err


@pytest.fixture
def apart(tmp_path, sandbox):
    """An installation of its own with an account that is not linked; not served."""
    product = prepared(tmp_path, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
    keys = sandbox.state.ensure_app("Apart", [f"{product.url}/oauth/callback"])
    (tmp_path / "service.json").write_text(json.dumps(packages.service()))
    answers = [f"the_id={keys.consumer_key}", f"the_secret={keys.consumer_secret}"]
    done = product.command(
        "import", "service.json", *[word for each in answers for word in ("--set", each)]
    )
    assert done.code == 0, done.err
    return product


def test_an_account_is_listed_as_linked_or_not(apart, product, made):
    assert apart.command("accounts").out.split() == ["1", "Twitter", "not", "linked"]
    assert product.command("accounts").out.split() == ["1", "Twitter", "@alice", "linked"]
    assert apart.command("accounts", "--json").json()[0]["health"] == ""


def linking(product, **streams):
    """``factotum link`` with a standard input that nothing comes from."""
    return subprocess.Popen(
        [sys.executable, "-m", "factotum", "link", "Twitter"],
        env=product.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )


def test_with_its_input_closed_and_nothing_to_receive_the_callback_it_ends_at_once(apart):
    for streams in ({"stdin": subprocess.DEVNULL}, {"preexec_fn": _without_input}):
        out, err = (process := linking(apart, **streams)).communicate(timeout=60)

        assert process.returncode == 1
        assert out.startswith("http")
        assert "start `factotum serve`" in err.splitlines()[-1]
        assert "paste the address" not in err
        assert "Traceback" not in err


def _without_input():
    import os

    os.close(0)


def test_with_its_input_closed_it_waits_for_the_callback_that_can_arrive(apart, sandbox):
    with serving(apart):
        process = linking(apart, stdin=subprocess.DEVNULL)
        address = process.stdout.readline().strip()
        came = consent(sandbox.state, address, sandbox.state.user_named("alice"))["location"]
        visited(apart, came)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out.strip()) == (0, "Linked as @alice."), err
    assert err.splitlines()[-1].endswith("Standard input is closed, so nothing can be pasted here.")
    assert "paste the address" not in err


def visited(product, address):
    """The callback, as the browser of an admin comes to it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request(
        "GET", f"{parts.path}?{parts.query}", headers={"Cookie": product.signed_in()}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status in {200, 302}
