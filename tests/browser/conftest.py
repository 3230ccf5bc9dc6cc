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
from playwright.sync_api import expect
from tests.servers.product import Product as Installation
from tests.servers.product import installation, prepared, serving

from factotum.sandbox.server import Running, running

expect.set_options(timeout=20_000)  # a loaded machine is no fault of the pages

PASSWORD = "a few unusual words"


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


@pytest.fixture(scope="module")
def standing(chromium, product):
    """The page that most tests need no more than: a new one costs a second of the machine's time."""
    page = _listening(chromium.new_context(base_url=product.url).new_page(), [])
    yield page
    page.context.close()


@pytest.fixture
def open_page(chromium, product, signed_in, standing):
    """Opens pages as ada; whatever a page complains about in the console fails the test.

    The first of a test that wants nothing special is the standing one, with nothing left in it.
    """
    opened = []

    def open_one(path: str | None = "/", **context_options):
        if standing not in opened and not context_options:
            page = _emptied(standing, signed_in)
        else:
            options = {"storage_state": signed_in, "base_url": product.url, **context_options}
            page = _listening(chromium.new_context(**options).new_page(), standing.complaints)
        opened.append(page)
        if path:
            page.goto(path)
        return page

    yield open_one
    for page in opened:
        if page is not standing:
            page.context.close()
    complaints = standing.complaints[:]
    standing.complaints.clear()
    assert complaints == []


def _listening(page, complaints):
    page.complaints = complaints
    page.on("console", lambda message: _hear(message, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def _emptied(page, state):
    """The page without what earlier tests left in it, signed in again."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.context.clear_cookies()
    page.context.add_cookies(state["cookies"])
    page.goto("/healthz")
    page.evaluate("sessionStorage.clear()")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="light")
    return page


def _hear(message, complaints):
    # a status such as 422 is a page's answer to a faulty form, not a fault of the page
    is_status = "the server responded with a status of 4" in message.text
    if message.type in {"error", "warning"} and not is_status:
        complaints.append(f"{message.text} {json.dumps(message.location)}")


@pytest.fixture
def page(open_page):
    """A page of ada's, on home."""
    return open_page()
