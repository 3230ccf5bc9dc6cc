"""Every kind of prompt in the chat, by the published Prompt Bot; and the chat as a page of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.guide import import_by_program


@pytest.fixture(scope="module", autouse=True)
def bot(product):
    """The bot that asks everything."""
    return import_by_program(product, "prompt-bot")


def say(room, question, text):
    expect(room.get_by_text(question).last).to_be_visible()
    room.get_by_label("Your answer").first.fill(text)
    room.get_by_role("button", name="Send").click()


def converse(room, picture):
    """All of it, from the first question to the last."""
    say(room, "Enter some text:", "Something")
    say(room, "Pick a number between 1 and 100", "1000")
    say(room, "The number must be between 1 and 100.", "42")
    say(room, "Please enter a date", "tomorrow 8am")
    say(room, "What's your email address?", "ada@example.com")
    room.get_by_role("button", name="yes").click()
    expect(room.get_by_text("Choose a worker:")).to_be_visible()
    room.get_by_label("Your answer").select_option(label="ada")
    room.get_by_role("button", name="Send").click()
    room.get_by_role("button", name="email").click()
    room.get_by_label("A file").set_input_files(picture)
    room.get_by_role("button", name="Send").click()


@pytest.fixture
def picture(tmp_path):
    """The smallest PNG there is."""
    file = tmp_path / "dot.png"
    file.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
            "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
        )
    )
    return file


def test_every_kind_of_prompt_is_asked_and_answered(open_page, picture):
    page = open_page("/runs")
    page.get_by_role("button", name="Chat", exact=True).click()
    page.get_by_role("button", name="Demonstrate prompts").click()
    room = page.get_by_role("complementary", name="Chat")
    converse(room, picture)
    summary = room.locator(".say", has_text="You said:")
    expect(summary).to_contain_text("Number: 42")
    expect(summary).to_contain_text("Email: ada@example.com")
    expect(summary).to_contain_text("Yes/No: yes")
    expect(summary).to_contain_text("Worker: ada")
    expect(summary).to_contain_text("Notify: email")
    expect(summary).to_contain_text("File: dot.png")
    assert summary.locator("li").count() >= 7  # markdown became a list
    room.get_by_role("button", name="Bye!").click()
    expect(room.get_by_text("This conversation has ended.")).to_be_visible()


def test_without_script_the_chat_is_a_page(open_page, picture):
    page = open_page("/chat", java_script_enabled=False)
    page.get_by_role("button", name="Demonstrate prompts").click()
    expect(page).to_have_url(re.compile(r"/chat/\d+$"))
    converse(page, picture)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("You said:")).to_be_visible()


def test_a_conversation_stays_open_from_page_to_page(open_page):
    page = open_page("/runs")
    page.get_by_role("button", name="Chat", exact=True).click()
    page.get_by_role("button", name="Demonstrate prompts").click()
    say(page.get_by_role("complementary", name="Chat"), "Enter some text:", "Remember me")
    expect(page.get_by_text("Remember me")).to_be_visible()
    page.goto("/bots")
    expect(page.get_by_text("Remember me")).to_be_visible()
    page.get_by_role("button", name="Close the chat").click()
    page.goto("/runs")
    expect(page.get_by_role("complementary", name="Chat")).to_be_hidden()


def test_a_second_answer_to_the_same_question_changes_nothing(open_page):
    page = open_page("/chat")
    page.get_by_role("button", name="Demonstrate prompts").click()
    expect(page.get_by_label("Your answer")).to_be_visible()
    form = page.locator("form.answer")
    answered = {
        "csrfmiddlewaretoken": form.locator("[name=csrfmiddlewaretoken]").input_value(),
        "turn": form.locator("[name=turn]").input_value(),
    }
    address = form.get_attribute("action")
    for text in ("once", "twice"):
        page.request.post(address, form={**answered, "message": text})
    page.goto(address.removesuffix("/send"))
    expect(page.get_by_text("once", exact=True)).to_be_visible()
    assert page.get_by_text("twice", exact=True).count() == 0


def test_somebody_else_cannot_look_into_a_conversation(open_page, chromium, product):
    page = open_page("/chat")
    page.get_by_role("button", name="Demonstrate prompts").click()
    address = page.locator("form.answer").get_attribute("action").removesuffix("/send")
    product.command("user", "add", "eve", "--admin", "--password-stdin", given="another few words")
    context = chromium.new_context(base_url=product.url)
    other = context.new_page()
    other.goto("/sign-in")
    other.get_by_label("Name").fill("eve")
    other.get_by_label("Password").fill("another few words")
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(f"{product.url}/")
    assert other.goto(address).status == 404
    context.close()
