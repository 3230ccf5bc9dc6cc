"""Budgets in the browser: a cap is set and used up, a stop is lifted, a price is changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.guide import linked_account

PAGE = "/setup/configure/budgets/account/{}"
ME = "https://api.x.com/2/users/me"


@pytest.fixture(scope="module")
def account(product):
    return linked_account(product)


def send(page, account, url=ME):
    """Try a request, as a person does."""
    page.goto(f"/requests/new?account={account}")
    page.get_by_label("URL").fill(url)
    page.get_by_role("button", name="Send").click()
    page.wait_for_load_state("networkidle")


def test_a_cap_is_set_and_holds(open_page, account):
    page = open_page("/setup/configure/budgets")
    page.get_by_role("link", name="Twitter", exact=True).first.click()
    page.get_by_label("Requests a day").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The budget is saved.")).to_be_visible()
    send(page, account)
    send(page, account)
    expect(page.get_by_text("budget of 1 request a day is used up").first).to_be_visible()
    page.goto(PAGE.format(account))
    expect(page.get_by_text("1 request of 1 request a day used")).to_be_visible()
    expect(page.get_by_text("used up").first).to_be_visible()
    page.get_by_label("Requests a day").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is no cap any more.")).to_be_visible()


def test_the_bar_of_a_window_is_as_long_as_what_is_left(open_page, product, account):
    limits = product.sandbox.state.settings.limits
    limits["GET /2/users/by/username/:username"] = 4
    page = open_page()
    for left, told in ((3, "3 of 4 left"), (2, "2 of 4 left")):
        send(page, account, "https://api.x.com/2/users/by/username/alice")
        page.goto(PAGE.format(account))
        row = page.get_by_role("row").filter(has_text="/by/username/")
        expect(row).to_contain_text(told)
        expect(row).to_contain_text("15 minutes")
        expect(row.locator("svg rect").last).to_have_attribute("width", str(250 * left))
    limits.clear()


def test_a_faulty_cap_is_told_beside_its_field(open_page, account):
    page = open_page(PAGE.format(account))
    page.get_by_label("Dollars a month").fill("lots")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Dollars a month")
    expect(field).to_have_value("lots")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("no amount of dollars")).to_be_visible()


def test_what_stops_an_account_is_shown_and_lifted(open_page, product, account):
    state = product.sandbox.state
    for app in state.apps.values():
        state.bills.setdefault(app.id, _bill()).credits = 0
    page = open_page()
    send(page, account)
    page.goto("/")
    attention = page.get_by_role("listitem").filter(has_text="there are no credits left")
    attention.get_by_role("link", name="Twitter", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("There are no credits left")
    state.bills.clear()
    page.get_by_role("button", name="Go on now").click()
    expect(page.get_by_text("Requests are sent again; runs that wait")).to_be_visible()
    expect(page.get_by_role("button", name="Go on now")).to_have_count(0)


def _bill():
    from factotum.sandbox.billing import Bill

    return Bill()


def test_prices_are_typed_in_and_taken_back(open_page):
    page = open_page("/setup/configure/prices/1")
    here = page.get_by_role("navigation").get_by_role("link", name="Budgets", exact=True)
    expect(here.and_(page.locator("[aria-current]"))).to_have_count(1)
    page.get_by_label("Price 1", exact=True).fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The prices are saved")).to_be_visible()
    expect(page.get_by_label("Price 1", exact=True)).to_have_value("7")
    page.get_by_label("Price 1", exact=True).fill("cheap")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Price 1")
    page.goto("/setup/configure/prices/1")
    page.get_by_role("textbox", name=re.compile(r"Price \d+$")).last.fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("request must be a method and a path")
    page.goto("/setup/configure/prices/1")
    page.get_by_role("button", name="Back to the table").click()
    expect(page.get_by_label("Price 1", exact=True)).not_to_have_value("7")
