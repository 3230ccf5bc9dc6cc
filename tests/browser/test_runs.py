"""A durable run in the browser: watched while it waits, held and resumed, its unknown outcome settled."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from tests.browser.guide import linked_account
from tests.browser.test_accessibility import LOOKS, sideways, violations
from tests.guide import packages

from factotum.sandbox.switches import turn_on

POST = "/1.1/statuses/update.json"
USER = "/1.1/users/show.json"
SEARCH = "/1.1/search/tweets.json"
MENTIONS = "/1.1/statuses/mentions_timeline.json"


@pytest.fixture(scope="module")
def behaviors(product):
    """The ids of a bot's behaviors, its account linked."""
    account = linked_account(product)
    token = product.command("token", "create").strip()
    body = {"package": packages.bot(), "prompts": {"the_account": account}}
    made = product.ask("POST", f"{product.url}/api/v1/packages/import", body, token)
    ids = {uid: one["id"] for uid, one in made["records"]["behavior"].items()}
    return {"token": token, "account": account, **ids}


@pytest.fixture
def submitted(product, behaviors):
    """Queues a behavior's run; its page's address."""
    yield lambda uid, **values: _submit(product, behaviors, uid, values)
    product.sandbox.state.switches.clear()


def _submit(product, behaviors, uid, values):
    address = f"{product.url}/api/v1/behaviors/{behaviors[uid]}/run"
    body = {"vars": values, "wait": False}
    return f"/runs/{product.ask('POST', address, body, behaviors['token'])['id']}"


def test_a_waiting_run_is_held_and_resumed_and_its_page_follows(open_page, product, submitted):
    turn_on(product.sandbox.state, "503", path=USER)
    page = open_page(submitted("b_user", var_name="alice"))
    expect(page.get_by_text("Waiting to try again until")).to_be_visible()

    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("Held.", exact=True)).to_be_visible()
    for viewport, scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert sideways(page) <= 0

    product.sandbox.state.switches.clear()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status").get_by_text("done")).to_be_visible()
    expect(page.get_by_text("Was held, and resumed")).to_be_visible()
    expect(page.get_by_role("button", name="Hold")).to_be_hidden()


@pytest.fixture
def reading(product, behaviors):
    """Queues a run that reads from these paths, one after the other; its page's address."""

    def submit(*paths):
        calls = [
            packages.request(
                "get",
                f"https://api.twitter.com{path}",
                auth_connected_account_id=str(behaviors["account"]),
            )
            for path in paths
        ]
        nodes = [packages.action(f"Read {number}", call) for number, call in enumerate(calls)]
        event = {"key": "event.macro.bot", "label": ""}
        reader = {"uid": "b_read", "title": "Read", "event": event, "nodes": nodes}
        owner = {"context": "app", "id": 0}
        bot = {"uid": "b", "name": "Reader", "owner": owner, "behaviors": [reader]}
        package = {"package": {"name": "Reader", "revision": 1}, "bots": [bot]}
        body = {"package": package, "prompts": {}}
        address = f"{product.url}/api/v1/packages/import"
        made = product.ask("POST", address, body, behaviors["token"])["records"]
        ids = {"token": behaviors["token"], "b_read": made["behavior"]["b_read"]["id"]}
        return _submit(product, ids, "b_read", {})

    yield submit
    product.sandbox.state.switches.clear()


def test_what_a_person_opened_stays_open_while_the_page_follows(
    open_page, product, behaviors, reading
):
    state = product.sandbox.state
    for path in (SEARCH, MENTIONS):
        turn_on(state, "503", path=path)
    address = reading(f"{USER}?screen_name=alice", f"{SEARCH}?q=a", MENTIONS)
    page = open_page(address)

    def ask(method, what=""):
        return product.ask(method, f"{product.url}/api/v1{address}{what}", {}, behaviors["token"])

    def hold():
        """Else it may be trying again just when it is resumed."""
        ask("POST", "/hold")
        until = time.monotonic() + 20
        while ask("GET")["status"] != "waiting":
            assert time.monotonic() < until
            time.sleep(0.05)

    folds = page.locator(".trail details:has(> .exchange)")
    expect(page.get_by_text("Waiting to try again until")).to_be_visible()
    hold()
    expect(folds).to_have_count(1)
    first = folds.first
    first.locator("> summary").click()
    first.get_by_text("Headers").focus()
    page.keyboard.press("Enter")
    expect(first.get_by_text("content-type:")).to_be_visible()

    state.switches.clear()
    turn_on(state, "503", path=MENTIONS)
    ask("POST", "/resume")
    expect(folds).to_have_count(2)
    hold()
    assert first.get_attribute("open") is not None
    assert first.locator("details").get_attribute("open") is not None
    assert folds.last.get_attribute("open") is None
    expect(first.get_by_text("Headers")).to_be_focused()

    first.locator("> summary").click()
    folds.last.locator("> summary").click()
    state.switches.clear()
    ask("POST", "/resume")
    expect(page.get_by_role("status").get_by_text("done")).to_be_visible()
    assert [one.get_attribute("open") is not None for one in folds.all()] == [False, True, False]


def test_a_run_is_cancelled_only_after_asking(open_page, product, submitted):
    turn_on(product.sandbox.state, "503", path=USER)
    page = open_page(submitted("b_user", var_name="alice"))
    expect(page.get_by_text("Waiting to try again until")).to_be_visible()
    page.get_by_role("button", name="Hold").click()
    page.get_by_text("Cancel…").click()
    expect(page.get_by_text("What it has done stays done")).to_be_visible()
    page.get_by_role("button", name="Cancel this run").click()
    expect(page.get_by_role("status").get_by_text("cancelled", exact=True)).to_be_visible()


def test_what_nobody_knows_is_settled_and_the_run_goes_on(open_page, product, submitted):
    state = product.sandbox.state
    turn_on(state, "503", path="/2/users/me")
    turn_on(state, "cut-before", path=POST, times=1)
    page = open_page(submitted("b_post", var_text="Is it there?"))
    page.get_by_role("link", name="Say what happened").click()
    expect(page.get_by_text("status: Is it there?")).to_be_visible()
    for viewport, scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert sideways(page) <= 0

    page.get_by_label("Its id at the service").fill("not a number")
    page.get_by_role("button", name="It happened").click()
    expect(page.get_by_text("An id has no spaces")).to_be_visible()
    expect(page.get_by_label("Its id at the service")).to_be_focused()
    page.get_by_role("button", name="It did not — send it").click()

    expect(page.get_by_role("status").get_by_text("done")).to_be_visible()
    expect(page.get_by_text("ada says that it did not happen")).to_be_visible()
    assert "Is it there?" in [tweet.text for tweet in state.tweets.values()]
    expect(page.get_by_role("link", name=re.compile("Unknown outcomes"))).to_be_hidden()


def test_lists_and_a_comparison_are_accessible(open_page, submitted):
    run = submitted("b_post", var_text="Compared")
    page = open_page(run)
    expect(page.get_by_role("status").get_by_text("done")).to_be_visible()
    for path in ("/runs?show=waiting", "/runs?show=unknown", "/runs/unknown", f"{run}/replay"):
        for viewport, scheme in LOOKS:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            page.goto(path)
            assert violations(page) == []
            assert sideways(page) <= 0
