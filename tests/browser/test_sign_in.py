"""Coming in: by password, by a one-time link; and staying out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PASSWORD


@pytest.fixture
def stranger(chromium, product):
    """A page of somebody who is not signed in."""
    context = chromium.new_context(base_url=product.url)
    yield context.new_page()
    context.close()


def sign_in(page, name, password):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_stranger_is_asked_to_sign_in_and_then_gets_where_they_wanted(stranger):
    stranger.goto("/setup/team")
    expect(stranger).to_have_url(re.compile(r"/sign-in\?next=/setup/team"))
    sign_in(stranger, "ada", PASSWORD)
    expect(stranger.get_by_role("heading", name="Team", level=1)).to_be_visible()


def test_a_wrong_password_says_so_and_nothing_of_who_exists(stranger):
    stranger.goto("/sign-in")
    sign_in(stranger, "ada", "not the password")
    said = stranger.get_by_role("alert").inner_text()
    stranger.goto("/sign-in")
    sign_in(stranger, "nobody at all", "not the password")
    expect(stranger.get_by_role("alert")).to_have_text(said)


def test_attempts_are_limited_by_name(stranger):
    stranger.goto("/sign-in")
    for _ in range(6):
        sign_in(stranger, "mallory", "a guess")
    expect(stranger.get_by_role("alert")).to_contain_text("Too many attempts")


def test_a_one_time_link_lets_a_person_in_once(stranger, open_page, chromium, product):
    page = open_page("/setup/team")
    page.get_by_label("Sign-in name").fill("bob")
    page.get_by_role("button", name="Add and make a link").click()
    link = page.locator("#sign-in-link").inner_text()
    assert link.startswith(f"{product.url}/sign-in/link/")

    assert stranger.request.get(link).status == 200  # looking at it does not use it up
    stranger.goto(link)
    stranger.wait_for_url(f"{product.url}/welcome")
    stranger.get_by_label("Password", exact=True).fill("short")
    stranger.get_by_label("Password, once more").fill("short")
    stranger.get_by_role("button", name="Save and go on").click()
    expect(stranger.get_by_text("too short")).to_be_visible()
    stranger.get_by_label("Password", exact=True).fill(PASSWORD)
    stranger.get_by_label("Password, once more").fill(PASSWORD)
    stranger.get_by_role("button", name="Save and go on").click()
    stranger.wait_for_url(f"{product.url}/")
    expect(stranger.get_by_role("heading", name="Hello, bob")).to_be_visible()

    context = chromium.new_context()
    late = context.new_page()
    answer = late.goto(link)
    assert answer.status == 410
    expect(late.get_by_role("heading", name="This link no longer works")).to_be_visible()
    context.close()


def test_without_script_the_links_button_lets_a_person_in(open_page, chromium):
    page = open_page("/setup/team")
    page.get_by_label("Sign-in name").fill("carol")
    page.get_by_role("button", name="Add and make a link").click()
    context = chromium.new_context(java_script_enabled=False)
    stranger = context.new_page()
    stranger.goto(page.locator("#sign-in-link").inner_text())
    stranger.get_by_role("button", name="Come in").click()
    stranger.get_by_role("link", name="Later").click()
    expect(stranger.get_by_role("heading", name="Hello, carol")).to_be_visible()
    context.close()


def test_a_worker_sees_no_admin_pages(stranger):
    stranger.goto("/sign-in")
    sign_in(stranger, "bob", PASSWORD)
    stranger.wait_for_url(re.compile(r"/$"))
    answer = stranger.goto("/setup/team")
    assert answer.status == 403
    expect(stranger.get_by_text("This page is for admins.")).to_be_visible()
    stranger.goto("/setup")
    assert stranger.get_by_role("link", name="Import Package").count() == 0


def test_signing_out_ends_the_session(stranger):
    stranger.goto("/sign-in")
    sign_in(stranger, "bob", PASSWORD)
    stranger.wait_for_url(re.compile(r"/$"))
    stranger.locator("summary", has_text="bob").click()
    stranger.get_by_role("button", name="Sign out").click()
    stranger.wait_for_url(re.compile("/sign-in$"))
    stranger.goto("/runs")
    expect(stranger).to_have_url(re.compile("/sign-in"))
