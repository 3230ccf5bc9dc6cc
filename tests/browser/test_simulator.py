"""The simulator of what a webhook starts: its request is filled in on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PASSWORD
from tests.browser.guide import import_by_program


@pytest.fixture(scope="module")
def webhook(product):
    """The address of the simulator of the published Twilio bot's webhook."""
    service = import_by_program(
        product, "twilio-service", prompt_account_sid="AC123", prompt_auth_token="t0ken-of-twilio"
    )
    account = service["connected_account"]["account_twilio"]["id"]
    bot = import_by_program(
        product,
        "twilio-bot",
        twilio_account_id=str(account),
        account_sid="AC123",
        default_from="+15551234567",
    )
    return f"/behaviors/{bot['behavior']['behavior_43']['id']}/simulator"


def test_a_message_that_would_come_in_is_answered(open_page, webhook):
    page = open_page(webhook)
    expect(page.get_by_label("Method")).to_have_value("POST")
    page.get_by_label("Body", exact=False).fill("Body=HELP&From=%2B15551234567")
    page.get_by_role("button", name="Simulate").click()

    answer = page.get_by_label("Answer of the webhook")
    expect(answer.get_by_text("You can say:")).to_be_visible()
    expect(answer.get_by_text("200")).to_be_visible()
    expect(page.get_by_label("Body", exact=False)).to_have_value("Body=HELP&From=%2B15551234567")
    expect(page.get_by_label("Headers", exact=False)).to_have_value(
        "Content-Type: application/x-www-form-urlencoded"
    )


def test_a_line_that_is_no_header_is_told_and_nothing_typed_is_lost(open_page, webhook):
    page = open_page(webhook)
    page.get_by_label("Headers", exact=False).fill("nonsense")
    page.get_by_label("Body", exact=False).fill("Body=HELP")
    page.get_by_role("button", name="Simulate").click()

    expect(page.get_by_role("alert")).to_contain_text("“nonsense” is no header")
    expect(page.get_by_label("Headers", exact=False)).to_have_value("nonsense")
    expect(page.get_by_label("Body", exact=False)).to_have_value("Body=HELP")


def test_a_worker_sees_what_the_behavior_is_and_not_what_it_is_filled_in_with(
    chromium, product, webhook
):
    product.command("user", "add", "wanda", "--password-stdin", given=PASSWORD)
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("wanda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{product.url}/")
    tree = webhook.removesuffix("/simulator")
    page.goto(tree)

    expect(page.get_by_text("is shown to those who may change this behavior")).to_be_visible()
    expect(page.get_by_text("HELP", exact=True)).to_be_visible()
    assert "You can say" not in page.content()
    answer = page.goto(tree.replace("/behaviors/", "/cards/behavior/") + "/edit")
    assert answer.status == 403
    page.goto(webhook)
    page.get_by_label("Body", exact=False).fill("Body=HELP")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_label("Answer of the webhook").get_by_text("You can say:")).to_be_visible()
    context.close()
