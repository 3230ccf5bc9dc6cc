"""Finding, making, changing and deleting records."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PASSWORD
from tests.browser.guide import linked_account


def make_bot(page, name):
    page.goto("/cards/bot/new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.fixture
def bots(open_page):
    """A page, and three bots to find."""
    page = open_page()
    page.goto("/search/bot")
    for name in ("Alpha", "Beta", "Gamma"):
        if not page.get_by_role("link", name=name, exact=True).count():
            make_bot(page, name)
            page.goto("/search/bot")
    return page


def expect_names(page, *names):
    expect(page.locator("tbody .bubble")).to_have_text(list(names))


def test_search_words_and_sorting_narrow_and_order_a_list(bots):
    bots.goto("/search/bot?q=name:bet")
    expect_names(bots, "Beta")
    bots.goto("/search/bot")
    bots.get_by_role("link", name="Name", exact=True).click()
    expect_names(bots, "Alpha", "Beta", "Gamma")
    bots.get_by_role("link", name="Name ↑").click()
    expect_names(bots, "Gamma", "Beta", "Alpha")


def test_a_search_that_finds_nothing_says_so(bots):
    bots.goto("/search/bot?q=name:nobody")
    expect(bots.get_by_text("No bot matches “name:nobody”.")).to_be_visible()


def test_one_word_searches_everything(bots):
    bots.goto("/search")
    bots.get_by_label("Search everything").fill("gamma")
    bots.get_by_role("button", name="Search").click()
    expect(bots.get_by_role("link", name="Gamma")).to_be_visible()


def test_an_edit_in_a_card_shows_in_the_list_behind_it(bots):
    bots.goto("/search/bot")
    bots.get_by_role("link", name="Gamma", exact=True).click()
    card = bots.get_by_role("dialog")
    card.get_by_role("button", name="Edit").click()
    card.get_by_label("Name").fill("Gamma 2")
    card.get_by_role("button", name="Save Changes").click()
    expect(card.get_by_text("Saved.")).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(bots.get_by_role("link", name="Gamma 2")).to_be_visible()
    bots.get_by_role("link", name="Gamma 2").click()
    card.get_by_role("button", name="Edit").click()
    card.get_by_role("button", name="Delete").click()
    expect(card.get_by_text("This cannot be undone.")).to_be_visible()
    card.get_by_role("button", name="Delete Gamma 2").click()
    expect(card.get_by_text("Deleted.")).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(bots.get_by_role("link", name="Gamma 2")).to_have_count(0)


def test_a_service_and_an_account_with_keys_are_made_by_hand(open_page):
    page = open_page("/cards/connected_service/new")
    page.get_by_role("link", name="HTTP Basic").click()
    page.get_by_label("Name").first.fill("Internal")
    page.get_by_label("Base URL").fill("https://internal.example.com/")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Add an account").click()
    page.get_by_label("Name", exact=True).first.fill("The robot")
    page.get_by_label("Username").fill("robot")
    page.get_by_label("Password").fill("k33p-it")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("The robot").first).to_be_visible()
    assert "k33p-it" not in page.content()
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_text("type a new one to replace it")).to_be_visible()


def test_an_unknown_record_and_an_unknown_type_get_a_helpful_page(open_page):
    page = open_page()
    for path in (
        "/cards/bot/999999",
        "/search/no_such_type",
        "/behaviors/999999",
        "/runs/" + "0" * 32,
    ):
        assert page.goto(path).status == 404
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link", name="Home")).to_be_visible()


def test_a_worker_uses_what_is_everyone_s_and_changes_nothing_of_it(open_page, chromium, product):
    make_bot(open_page(), "Everyone's")
    product.command("user", "add", "walt", "--password-stdin", given=PASSWORD)
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("walt")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/search/bot")
    page.get_by_role("link", name="Everyone's").click()
    expect(page.get_by_role("dialog").get_by_text("all actions")).to_be_visible()
    assert page.get_by_role("button", name="Edit").count() == 0
    context.close()


def test_a_token_is_shown_once_works_and_can_be_revoked(open_page, product):
    page = open_page("/setup/developers/api")
    page.get_by_label("What is it for?").fill("a script")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("#new-token").inner_text()
    assert product.ask("GET", f"{product.url}/api/v1/bots", token=token)["items"] is not None
    page.goto("/setup/developers/api")
    assert token not in page.content()
    page.get_by_role("button", name=re.compile("Revoke a script")).click()
    answer = page.request.get("/api/v1/bots", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 401


def test_the_password_is_changed_with_the_old_one(open_page, chromium, product):
    product.command("user", "add", "pia", "--password-stdin", given=PASSWORD)
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("pia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/setup/security/password")
    page.get_by_label("Current Password").fill("not it")
    page.get_by_label("New Password", exact=True).fill("other unusual words")
    page.get_by_label("New Password (again)").fill("other unusual words")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Please type your current password.")).to_be_visible()
    page.get_by_label("Current Password").fill(PASSWORD)
    page.get_by_label("New Password", exact=True).fill("other unusual words")
    page.get_by_label("New Password (again)").fill("other unusual words")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    context.close()


def test_a_services_card_misses_no_secret_that_it_does_not_need(page, product):
    linked_account(product)
    page.goto("/search/connected_service?q=name:Twitter")
    page.get_by_role("link", name="Twitter", exact=True).first.click()
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("set today")
    expect(card).not_to_contain_text("RSA Private Key")
    expect(card.get_by_text("missing")).to_have_count(0)
