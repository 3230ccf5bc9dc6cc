"""axe-core over every page, light and dark, wide and narrow; nothing scrolls sideways; keys suffice."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser.guide import import_by_program, linked_account

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS = [(WIDE, "light"), (NARROW, "dark")]

PAGES = [
    "/",
    "/search",
    "/search?q=twitter",
    "/search/connected_account",
    "/search/connected_service",
    "/search/behavior",
    "/search/worker",
    "/search/task",
    "/bots",
    "/runs",
    "/runs/approvals",
    "/chat",
    "/requests/new",
    "/behaviors/new",
    "/setup/configure",
    "/setup/configure/import-package",
    "/setup/configure/callback",
    "/setup/configure/hosts",
    "/setup/configure/budgets",
    "/setup/configure/budgets/account/1",
    "/setup/configure/budgets/bot/1",
    "/setup/configure/prices/1",
    "/setup/packages",
    "/setup/packages/import",
    "/setup/packages/library",
    "/setup/packages/library/github",
    "/setup/team",
    "/setup/security",
    "/setup/security/password",
    "/setup/developers",
    "/setup/developers/api",
    "/nothing-here",
]
CARDS = [
    "/cards/connected_account/1",
    "/cards/connected_account/1/edit",
    "/cards/connected_account/1/delete",
    "/cards/connected_account/new",
    "/cards/connected_service/1",
    "/cards/connected_service/1/edit",
    "/cards/connected_service/new",
    "/cards/connected_service/new?extension_id=cerb.service.provider.http.basic",
    "/cards/bot/1",
    "/cards/bot/1/edit",
    "/cards/behavior/1",
    "/cards/behavior/1/edit",
    "/cards/webhook_listener/new",
    "/cards/worker/1",
    "/behaviors/1",
    "/behaviors/5",
    "/behaviors/1/simulator",
    "/behaviors/1/actions/0-0",
]


@pytest.fixture(scope="module", autouse=True)
def filled(product):
    """A linked account and the Twitter bot."""
    account = linked_account(product)
    return import_by_program(product, "twitter-bot", twitter_account_id=str(account))


def violations(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.fixture(scope="module", params=LOOKS, ids=["wide and light", "narrow and dark"])
def look(request, chromium, product, signed_in):
    """One page of ada's in this look, for all addresses."""
    viewport, scheme = request.param
    context = chromium.new_context(
        base_url=product.url, storage_state=signed_in, viewport=viewport, color_scheme=scheme
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", [*PAGES, *CARDS])
def test_a_page_is_accessible_and_fits(look, path):
    look.goto(path)
    assert violations(look) == []
    assert sideways(look) <= 0


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/link/none"])
def test_the_door_is_accessible(chromium, product, path):
    for viewport, scheme in LOOKS:
        context = chromium.new_context(viewport=viewport, color_scheme=scheme)
        page = context.new_page()
        page.goto(product.url + path)
        assert violations(page) == []
        context.close()


def test_a_simulation_and_its_run_are_accessible(open_page):
    for viewport, scheme in LOOKS:
        page = open_page("/behaviors/3/simulator", viewport=viewport, color_scheme=scheme)
        page.get_by_label("screen_name").fill("bob")
        page.get_by_role("button", name="Simulate").click()
        for fold in page.locator("details > summary").all():
            fold.click() if fold.is_visible() else None
        assert violations(page) == []
        page.get_by_role("link", name="This run").click()
        assert violations(page) == []
        assert sideways(page) <= 0


def test_a_card_in_place_is_accessible_and_gives_the_focus_back(open_page):
    page = open_page("/search/connected_account")
    link = page.get_by_role("link", name="Twitter")
    link.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog")
    expect(card.get_by_role("heading", name="Twitter")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Save Changes")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()


def test_the_chat_is_accessible_and_works_by_keys(open_page):
    page = open_page("/")
    page.get_by_role("button", name="Chat", exact=True).press("Enter")
    entry = page.get_by_role("button", name="Post a tweet")
    expect(entry).to_be_visible()
    assert violations(page) == []
    entry.press("Enter")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("By keys alone")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("I created Tweet"))).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat", exact=True)).to_be_focused()


def test_a_faulty_form_is_accessible(open_page):
    page = open_page("/setup/configure/import-package")
    page.get_by_label("Paste the package").fill('{"package": {}}')
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
