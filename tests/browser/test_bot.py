"""The published Twitter bot in a browser: import, simulator, chat, runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.guide import bubble, import_by_program, import_package, linked_account, published


@pytest.fixture(scope="module")
def account(product):
    """The linked account that the bot asks for."""
    return linked_account(product)


@pytest.fixture(scope="module", autouse=True)
def bot(product, account):
    """The bot, imported."""
    return import_by_program(product, "twitter-bot", twitter_account_id=str(account))


def test_the_twitter_bot_imports_with_its_chooser_and_says_what_it_repaired(open_page):
    page = open_page()
    import_package(page, published("twitter-bot"), {"Twitter account": "Twitter"})  # once more
    expect(bubble(page, "Bots", "Twitter")).to_be_visible()
    repairs = page.locator(".notice", has_text="Repaired on the way").inner_text()
    assert "behavior_19" in repairs
    assert "'23'" in repairs


def test_the_bot_s_behaviors_run_in_the_simulator_with_their_status(open_page):
    page = open_page("/bots")
    page.get_by_role("link", name="API: GET users/show", exact=True).click()
    page.get_by_role("link", name="Simulator").click()
    page.get_by_label("screen_name").fill("bob")
    page.get_by_role("button", name="Simulate").click()
    result = page.get_by_label("Result", exact=True)
    expect(result.get_by_text("200").first).to_be_visible()
    result.get_by_text("Request and answer").click()
    expect(result.get_by_text('"screen_name": "bob"').first).to_be_visible()


def open_chat(page):
    page.get_by_role("button", name="Chat", exact=True).click()
    page.get_by_role("button", name="Post a tweet").click()
    return page.get_by_role("complementary", name="Chat")


def answer(chat, text):
    chat.get_by_label("Your answer").fill(text)
    chat.get_by_role("button", name="Send").click()


def test_the_chat_posts_a_tweet_and_answers_with_its_id(open_page, product):
    page = open_page("/bots")
    chat = open_chat(page)
    expect(chat.get_by_text("What would you like to Tweet?:")).to_be_visible()
    answer(chat, "Posted from the chat")
    said = chat.get_by_text(re.compile(r"I created Tweet #\d+ for you\."))
    expect(said).to_be_visible()
    number = re.search(r"#(\d+)", said.inner_text())[1]
    tweets = [one for one in product.sandbox.state.tweets.values() if str(one.id) == number]
    assert [one.text for one in tweets] == ["Posted from the chat"]


def test_a_refusal_is_told_in_the_chat_and_never_reported_as_posted(open_page):
    chat = open_chat(open_page("/bots"))
    answer(chat, "Posted from the chat")  # the same once more: X refuses a duplicate
    expect(chat.locator(".say.fault")).to_contain_text("187")
    assert "I created Tweet" not in chat.inner_text()


def test_an_empty_tweet_is_not_sent(open_page, product):
    before = len(product.sandbox.state.tweets)
    chat = open_chat(open_page("/bots"))
    answer(chat, "   ")
    expect(chat.get_by_text("Please type something.")).to_be_visible()
    assert len(product.sandbox.state.tweets) == before


def test_a_run_has_a_page_with_its_masked_exchange(open_page, product):
    page = open_page("/runs")
    refused = page.get_by_role("row", name=re.compile("Post a tweet.*failed")).first
    refused.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    expect(page.get_by_text("403").first).to_be_visible()
    shown = page.content()
    assert "statuses/update.json" in shown
    secrets = [app.consumer_secret for app in product.sandbox.state.apps.values()]
    assert not any(secret in shown for secret in secrets)
    assert "oauth_signature" not in shown
