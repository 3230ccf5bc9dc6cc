"""Linking that goes another way: denied, pasted, cancelled, forged, undone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect
from tests.browser.guide import GUIDE_PACKAGE, make_app


@pytest.fixture(scope="module")
def app(product, chromium):
    """The app at the provider, whose keys the service holds."""
    page = chromium.new_page()
    made = make_app(page, product)
    page.close()
    return made


@pytest.fixture(scope="module")
def account(product, app):
    """The id of the account of the guide's package."""
    prompts = {"prompt_client_id": app.key, "prompt_client_secret": app.secret}
    body = {"package": json.loads(GUIDE_PACKAGE), "prompts": prompts}
    token = product.command("token", "create").strip()
    made = product.ask("POST", f"{product.url}/api/v1/packages/import", body, token)
    return made["records"]["connected_account"]["account_twitter"]["id"]


@pytest.fixture
def edit(open_page, account):
    """The account's card in its edit state, over the list; it is not linked."""
    page = open_page("/search/connected_account")
    page.get_by_role("link", name="Twitter").click()
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("region", name="Link")).to_be_visible()
    if page.get_by_role("button", name="Cancel waiting").count():
        page.get_by_role("button", name="Cancel waiting").click()
    if page.get_by_role("button", name="Unlink").count():
        page.get_by_role("button", name="Unlink").click()
        page.get_by_role("button", name="Yes, unlink").click()
    expect(page.get_by_role("button", name="Link to Twitter")).to_be_visible()
    return page


def consent(page, answer):
    """To the provider and back."""
    page.get_by_role("button", name="Link to Twitter").click()
    page.wait_for_url(re.compile("/oauth/authenticate"))
    page.get_by_role("button", name=answer).click()


def linked(page):
    """Where the card says so; the list behind it has a notice of its own."""
    return page.get_by_role("dialog").get_by_text("Linked as @alice", exact=True)


def test_a_denial_is_told_on_the_card_and_the_account_stays_unlinked(edit):
    consent(edit, "Cancel")
    card = edit.get_by_role("dialog")
    expect(card.get_by_role("alert")).to_contain_text("Not linked.")
    expect(card.get_by_role("button", name="Link to Twitter")).to_be_visible()
    assert "Linked as" not in card.inner_text()


def test_the_address_can_be_pasted_where_the_provider_cannot_reach_us(edit, chromium):
    edit.get_by_role("button", name="Paste the address instead").click()
    consent = edit.get_by_role("link", name="Open consent").get_attribute("href")
    elsewhere = chromium.new_page()
    elsewhere.route(re.compile("/oauth/callback"), lambda route: route.abort())
    elsewhere.goto(consent)
    with elsewhere.expect_request(re.compile("/oauth/callback")) as asked:
        elsewhere.get_by_role("button", name="Authorize app").click()
    address = asked.value.url
    elsewhere.close()

    edit.get_by_label("Or paste the address instead").fill(address)
    edit.get_by_role("button", name="Finish").click()
    expect(linked(edit)).to_be_visible()


def test_a_wrong_address_is_told_beside_its_field(edit):
    edit.get_by_role("button", name="Paste the address instead").click()
    field = edit.get_by_label("Or paste the address instead")
    field.fill("https://twitter.com/home")
    edit.get_by_role("button", name="Finish").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(edit.locator("#callback-fault")).not_to_be_empty()


def test_waiting_can_be_cancelled(edit):
    edit.get_by_role("button", name="Paste the address instead").click()
    expect(edit.get_by_text("Waiting for your consent at Twitter")).to_be_visible()
    edit.get_by_role("button", name="Cancel waiting").click()
    expect(edit.get_by_role("button", name="Link to Twitter")).to_be_visible()


def test_a_waiting_card_goes_on_by_itself_when_consent_was_given_in_another_tab(edit):
    edit.get_by_role("button", name="Paste the address instead").click()
    with edit.context.expect_page() as opened:
        edit.get_by_role("link", name="Open consent").click()
    opened.value.get_by_role("button", name="Authorize app").click()
    expect(linked(edit)).to_be_visible()


def test_a_forged_callback_links_nothing(edit):
    edit.goto("/oauth/callback?oauth_token=forged&oauth_verifier=forged")
    expect(edit.get_by_role("heading", name="Linking did not work")).to_be_visible()


def test_an_account_can_be_unlinked_and_asks_before(edit):
    consent(edit, "Authorize app")
    edit.get_by_role("button", name="Unlink").click()
    expect(edit.get_by_text("Bots that use this account stop")).to_be_visible()
    edit.get_by_role("button", name="Keep it").click()
    expect(linked(edit)).to_be_visible()


def test_what_was_changed_is_saved_and_confirmed_beside_the_link(edit):
    consent(edit, "Authorize app")
    card = edit.get_by_role("dialog")
    expect(linked(edit)).to_be_visible()
    card.get_by_label("URI").fill("x")
    card.get_by_role("button", name="Save Changes").click()
    expect(card.get_by_text("Saved.")).to_be_visible()
    expect(linked(edit)).to_be_visible()


@pytest.mark.parametrize("answer", ["Authorize app", "Cancel"])
def test_what_was_typed_before_going_to_the_provider_is_there_afterwards(edit, answer):
    card = edit.get_by_role("dialog")
    card.get_by_label("Name", exact=True).fill("Our voice")
    card.get_by_label("URI").fill("voice")
    consent(edit, answer)

    expect(card.get_by_text("not saved yet")).to_be_visible()
    expect(card.get_by_label("Name", exact=True)).to_have_value("Our voice")
    expect(card.get_by_label("URI")).to_have_value("voice")
    card.get_by_role("button", name="Cancel", exact=True).click()
    expect(card.get_by_role("heading", name="Our voice")).to_have_count(0)
    card.get_by_role("button", name="Edit").click()
    expect(card.get_by_label("Name", exact=True)).to_have_value("Twitter")
    expect(card.get_by_text("not saved yet")).to_have_count(0)


def test_a_form_that_was_not_touched_says_nothing_of_being_unsaved(edit):
    consent(edit, "Authorize app")
    expect(linked(edit)).to_be_visible()
    expect(edit.get_by_text("not saved yet")).to_have_count(0)


def test_a_missing_name_is_told_beside_its_field(edit):
    name = edit.get_by_role("dialog").get_by_label("Name", exact=True)
    name.fill("")
    edit.get_by_role("button", name="Save Changes").click()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    expect(edit.locator("#field-name-fault")).to_have_text("Name is missing.")


def test_the_service_s_card_never_shows_its_secret(edit, app):
    edit.goto("/search/connected_service")
    edit.get_by_role("link", name="Twitter").click()
    card = edit.get_by_role("dialog")
    expect(card.get_by_text(re.compile(r"^set (today|on )"))).to_be_visible()
    card.get_by_role("button", name="Edit").click()
    secret = card.get_by_label("Consumer Secret").or_(card.get_by_label("Client Secret"))
    expect(secret).to_have_value("")
    assert app.secret not in edit.content()
