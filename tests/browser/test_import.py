"""Packages that ask, that are faulty, that come again."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from tests.browser.guide import GUIDE_PACKAGE, bubble, import_package, published


def faulty(**changes):
    package = json.loads(GUIDE_PACKAGE)
    package.update(changes)
    return json.dumps(package)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is no package here."),
        ("not json", "cannot be imported"),
        (GUIDE_PACKAGE[:400], "cannot be imported"),
        (faulty(records=[{"_context": "conected_service"}]), "records[0]"),
        ("[]", "cannot be imported"),
    ],
)
def test_a_faulty_package_is_told_with_its_place_and_stays_in_the_form(open_page, text, told):
    page = open_page("/setup/configure/import-package")
    page.get_by_label("Paste the package").fill(text)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(page.get_by_label("Paste the package")).to_have_value(text)


def test_an_answer_that_is_missing_is_told_beside_its_field(open_page):
    page = open_page()
    import_package(page, GUIDE_PACKAGE, {"Client ID": "an-id"})
    field = page.get_by_label("Client Secret")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(page.get_by_label("Client ID")).to_have_value("an-id")


def test_a_file_can_be_chosen_instead(open_page, tmp_path):
    file = tmp_path / "package.json"
    file.write_text(GUIDE_PACKAGE)
    page = open_page("/setup/configure/import-package")
    page.get_by_label("Or choose a file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_label("Client ID")).to_be_visible()


def test_a_package_that_asks_nothing_is_imported_at_once(open_page):
    page = open_page()
    import_package(page, published("prompt-bot"))
    expect(bubble(page, "Bots", "Prompt Bot")).to_be_visible()


def test_a_package_that_was_imported_before_offers_update_or_skip(open_page):
    page = open_page()
    import_package(page, published("recurring-tasks"))
    import_package(page, published("recurring-tasks"))
    page.get_by_label("Leave what is there, add what is missing").check()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Bots")).to_be_visible()


def test_a_chooser_with_nothing_to_choose_says_what_to_do(open_page):
    page = open_page()
    import_package(page, published("twilio-bot"))
    expect(page.get_by_text("There is nothing to choose that matches name:twilio.")).to_be_visible()


def test_the_library_s_packages_can_be_looked_at_before_they_are_imported(open_page):
    page = open_page("/setup/packages/library")
    page.get_by_role("link", name="GitHub").click()
    expect(page.get_by_role("heading", name="It brings")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("button", name="Import")).to_be_visible()


def test_without_script_the_import_works_too(open_page):
    page = open_page(None, java_script_enabled=False)
    answers = {"Client ID": "an-id", "Client Secret": "a-secret"}
    import_package(page, GUIDE_PACKAGE, answers)
    bubble(page, "Connected Accounts", "Twitter").click()
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("button", name="Save Changes")).to_be_visible()
