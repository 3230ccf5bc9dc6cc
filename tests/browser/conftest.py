"""The product and a sandbox, both running for real, and a browser in front of them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.servers.product import Product as Installation
from tests.servers.product import installation, prepared, serving

from factotum.sandbox.server import Running, running

expect.set_options(timeout=20_000)  # a loaded machine is no fault of the pages

ROOT = Path(__file__).parents[2]
PASSWORD = "a few unusual words"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Product:
    """A running product with a person called ada, an admin, in it."""

    url: str
    sandbox: Running
    made: Installation

    def command(self, *arguments: str, given: str = "") -> str:
        """What the command line answers beside the running server."""
        done = self.made.command(*arguments, given=given)
        assert done.code == 0, f"factotum {' '.join(arguments)}: {done.err}"
        return done.out

    def ask(self, method: str, url: str, body: object = None, token: str = "") -> dict[str, Any]:
        """What an API of the product's or the sandbox's answers, as JSON."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@cache
def _peopled() -> Path:
    """The data of an installation that has ada, for every module to begin with a copy of."""
    folder = Path(tempfile.mkdtemp(prefix="peopled-", dir=os.environ["FACTOTUM_DATA"]))
    product = prepared(folder)
    done = product.command("user", "add", "ada", "--admin", "--password-stdin", given=PASSWORD)
    assert done.code == 0, done.err
    return folder / "data"


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    folder = tmp_path_factory.mktemp("product")
    shutil.copytree(_peopled(), folder / "data")
    with running() as sandbox:
        made = installation(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
        with serving(made):
            yield Product(made.url, sandbox, made)


@pytest.fixture(scope="module")  # its event loop must have ended before other modules run theirs
def chromium():
    named = ROOT / ".tools" / "chromium-path"
    path = named.read_text().strip() if named.is_file() else shutil.which("chromium")
    if not path:
        pytest.fail("there is no Chromium; tools/get-chromium gets one", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(chromium, product):
    """What a browser keeps of being signed in as ada."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{product.url}/sign-in")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{product.url}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(chromium, product, signed_in):
    """Opens pages as ada; whatever a page complains about in the console fails the test."""
    contexts, complaints = [], []

    def opened(path: str = "/", **context_options):
        options = {"storage_state": signed_in, "base_url": product.url, **context_options}
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _hear(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if path:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _hear(message, complaints):
    # a status such as 422 is a page's answer to a faulty form, not a fault of the page
    is_status = "the server responded with a status of 4" in message.text
    if message.type in {"error", "warning"} and not is_status:
        complaints.append(f"{message.text} {json.dumps(message.location)}")


@pytest.fixture
def page(open_page):
    """A page of ada's, on home."""
    return open_page()
