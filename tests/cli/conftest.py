"""Commands as people type them, in processes of their own, beside a sandbox."""

import json
import subprocess
import sys

import pytest
from tests.guide import packages
from tests.servers.product import installation, prepared

from factotum.sandbox.steering import consent


@pytest.fixture
def fresh(tmp_path):
    """An installation of which nothing is there yet."""
    return installation(tmp_path)


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox):
    """An installation with a sandbox in X's place; nothing serves it."""
    folder = tmp_path_factory.mktemp("installation")
    return prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")


@pytest.fixture(scope="module")
def made(product, sandbox):
    """Service, linked account and bot, all made on the command line."""
    keys = sandbox.state.ensure_app("Help desk", [f"{product.url}/oauth/callback"])
    (product.folder / "service.json").write_text(json.dumps(packages.service()))
    (product.folder / "bot.json").write_text(json.dumps(packages.bot()))
    done = product.command(
        "import", "service.json", "--json",
        "--set", f"the_id={keys.consumer_key}", "--set", f"the_secret={keys.consumer_secret}",
    )  # fmt: skip
    assert done.code == 0, done.err
    account = done.json()["records"]["connected_account"]["the_account"]["id"]
    done = product.command("import", "bot.json", "--set", f"the_account={account}", "--json")
    assert done.code == 0, done.err
    behaviors = done.json()["records"]["behavior"]
    link(product, sandbox)
    return {"account": account, **{uid: one["id"] for uid, one in behaviors.items()}}


def link(product, sandbox, *options, username="alice", allow=True):
    """``factotum link`` with the callback pasted back; (code, stdout, stderr)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "factotum", "link", "Twitter", *options],
        env=product.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=product.folder,
    )
    stream = process.stderr if "--json" in options else process.stdout
    address = next((line for line in stream if line.startswith("http")), "").strip()
    state = sandbox.state
    user = state.user_named(username) if allow else None
    pasted = consent(state, address, user)["location"]
    out, err = process.communicate(f"{pasted}\n", timeout=60)
    return process.returncode, out, err


def refused(done, *words):
    """It ended with 1, one plain sentence on stderr, nothing on stdout."""
    assert done.code == 1, done
    assert done.out == ""
    lines = [line for line in done.err.splitlines() if "root.key" not in line]
    assert len(lines) == 1, done.err
    assert "Traceback" not in done.err
    for word in words:
        assert word in lines[0]
    return lines[0]
