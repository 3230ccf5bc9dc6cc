"""The guide in a browser, by its labels, from the app at the provider to a tweet posted by a bot."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.guide import GUIDE_PACKAGE, bubble, make_app


@pytest.fixture(scope="module")
def app(product, chromium):
    """The app that the guide has a person create at the provider."""
    page = chromium.new_page()
    made = make_app(page, product)
    page.close()
    return made


def test_a_person_follows_the_guide_word_for_word(page, product, app):
    page.get_by_role("link", name="Setup").click()
    page.get_by_role("link", name="Configure").click()
    page.get_by_role("link", name="Import Package").click()
    page.get_by_role("textbox").first.fill(GUIDE_PACKAGE)
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_label("Client ID")).to_have_attribute(
        "placeholder", "(paste your Client ID)"
    )
    secret = page.get_by_label("Client Secret")
    expect(secret).to_have_attribute("placeholder", "(paste your Client Secret)")
    expect(secret).to_have_attribute("type", "password")
    page.get_by_label("Client ID").fill(app.key)
    secret.fill(app.secret)
    page.get_by_role("button", name="Import").click()

    expect(bubble(page, "Connected Services", "Twitter")).to_be_visible()
    bubble(page, "Connected Accounts", "Twitter").click()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Link to Twitter").click()
    page.get_by_role("button", name="Authorize app").click()

    expect(page.get_by_role("dialog").get_by_text("Linked as @alice")).to_be_visible()
    assert page.url.startswith(f"{product.url}/setup/configure/import-package")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("dialog").get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("Linked as @alice")).to_be_visible()
    assert app.secret not in page.content()


def test_a_request_with_the_account_in_authentication_reaches_any_endpoint(open_page):
    page = open_page("/requests/new")
    page.get_by_label("Authentication").select_option(label="Twitter")
    page.get_by_label("URL").fill("https://api.twitter.com/1.1/account/verify_credentials.json")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Result").get_by_text("200").first).to_be_visible()
    expect(page.get_by_label("Result")).to_contain_text('"screen_name": "alice"')


def test_a_behavior_made_here_calls_as_the_account_and_can_be_changed(open_page):
    page = open_page("/cards/bot/new")
    page.get_by_label("Name").fill("Hand-made")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Hand-made")).to_be_visible()
    page.goto("/behaviors/new")
    page.get_by_label("Name").fill("Who is it?")
    page.get_by_label("Bot").select_option(label="Hand-made")
    page.get_by_label("Inputs").fill("screen_name")
    page.get_by_label("URL").fill(
        "https://api.twitter.com/1.1/users/show.json?screen_name={{var_screen_name|url_encode}}"
    )
    page.get_by_label("Authentication:").select_option("connected_account")
    page.get_by_label("Connected account").select_option(label="Twitter (@alice)")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Who is it?", level=1)).to_be_visible()

    page.get_by_role("link", name="Simulator").click()
    page.get_by_label("screen_name").fill("bob")
    page.get_by_role("button", name="Simulate").click()
    result = page.get_by_label("Result", exact=True)
    expect(result.get_by_text("200").first).to_be_visible()

    page.get_by_role("link", name="Who is it?").first.click()
    page.get_by_role("link", name=re.compile("Edit")).click()
    page.get_by_label("Method").select_option("delete")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("DELETE https://api.twitter.com")).to_be_visible()
