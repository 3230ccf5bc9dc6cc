"""A chat that posts: what worked is told with the id, what did not is told plainly, never twice."""

import asyncio

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import NotFound, Refused
from factotum.usecases.chats import Answer

pytestmark = pytest.mark.django_db(transaction=True)

POST = ("POST", "/1.1/statuses/update.json")


def said(chat):
    return [message["text"] for message in chat.messages if message["from"] != "person"]


async def last_effects(desk):
    page = await desk.app.runs(THE_APP, limit=1)
    return (await desk.app.run_view(THE_APP, page.runs[0].id)).effects


async def test_it_asks_posts_and_answers_with_the_id(desk, chatting):
    chat = await chatting.answered("Hello from a bot")

    [tweet] = desk.sandbox.state.tweets.values()
    assert tweet.text == "Hello from a bot"
    assert said(chat) == ["What shall I post?", f"Posted as #{tweet.id}."]
    assert [effect.state for effect in await last_effects(desk)] == ["answered"]


@pytest.mark.parametrize(
    ("fault", "state", "words", "tweets"),
    [
        ("401", "answered", "401", 0),
        ("403", "answered", "suspended", 0),
        ("429", "answered", "Too many requests", 0),
        ("500", "answered", "500", 0),
        ("503", "answered", "503", 0),
        ("garbage", "answered", "not JSON", 0),
        ("cut-before", "unknown", "not known", 0),
        ("cut-after", "unknown", "not known", 1),
    ],
)
async def test_a_failure_is_told_and_never_reported_as_posted(
    desk, chatting, fault, state, words, tweets
):
    desk.fail(fault, path=POST[1])

    chat = await chatting.answered("Hello")

    told = said(chat)
    assert not any("Posted" in text for text in told)
    assert words in told[1]
    assert [m["from"] for m in chat.messages if m["text"] == told[1]] == ["fault"]
    assert len(desk.seen(*POST)) == 1
    assert len(desk.sandbox.state.tweets) == tweets
    assert [(effect.state, effect.timed_out) for effect in await last_effects(desk)] == [
        (state, None)
    ]


async def test_a_slow_service_is_told_as_not_known(tmp_path, desk, chatting):
    chat = await chatting()
    desk.parts.outside.door._timeout = 0.5  # what FACTOTUM_HTTP_TIMEOUT sets
    desk.fail("slow", path=POST[1], seconds=3)

    chat = await desk.app.chat_send(chat_owner(chat, desk), chat.id, Answer("Hello"))

    assert "not known" in said(chat)[1]
    assert "did not answer in time" in said(chat)[1]
    assert len(desk.seen(*POST)) == 1
    [effect] = await last_effects(desk)
    assert (effect.state, effect.timed_out) == ("unknown", True)


def chat_owner(chat, desk):
    from factotum.core.values import Actor

    return Actor(chat.worker_id, "ada", is_admin=True, via="page")


@pytest.mark.parametrize(("text", "words"), [("", "type something"), ("é" * 281, "too long")])
async def test_a_text_that_cannot_be_posted_is_told(desk, chatting, text, words):
    chat = await chatting.answered(text)

    assert not any("Posted" in line for line in said(chat))
    assert words in said(chat)[1]
    assert desk.sandbox.state.tweets == {}


async def test_a_duplicate_is_told(desk, chatting):
    await chatting.answered("Once")
    chat = await chatting.answered("Once")

    assert "posted before" in said(chat)[1]
    assert len(desk.sandbox.state.tweets) == 1


async def test_after_a_failure_the_chat_asks_again_and_can_still_post(desk, chatting, ada):
    desk.fail("500", path=POST[1], times=1)
    chat = await chatting.answered("Hello")

    chat = await desk.app.chat_send(ada, chat.id, Answer("Hello again"), turn=chat.turn)

    assert said(chat)[-1].startswith("Posted as #") or "Posted as #" in said(chat)[-2]
    assert [tweet.text for tweet in desk.sandbox.state.tweets.values()] == ["Hello again"]


async def test_access_taken_away_at_the_service_is_told(desk, chatting):
    state = desk.sandbox.state
    state.user_tokens.clear()

    chat = await chatting.answered("Hello")

    assert "401" in said(chat)[1]
    assert "Link the account again" in said(chat)[1]
    assert state.tweets == {}


async def test_a_double_click_posts_once(desk, chatting, ada):
    chat = await chatting()

    await asyncio.gather(
        *(desk.app.chat_send(ada, chat.id, Answer("Hello"), turn=chat.turn) for _ in range(5))
    )

    assert len(desk.seen(*POST)) == 1
    ended = await desk.app.chat(ada, chat.id)
    assert [m["text"] for m in ended.messages if m["from"] == "person"] == ["Hello"]


async def test_another_tab_with_an_old_turn_changes_nothing(desk, chatting, ada):
    chat = await chatting()
    await desk.app.chat_send(ada, chat.id, Answer("Hello"), turn=chat.turn)

    again = await desk.app.chat_send(ada, chat.id, Answer("Something else"), turn=chat.turn)

    assert len(desk.seen(*POST)) == 1
    assert not any(m["text"] == "Something else" for m in again.messages)


async def test_a_chat_is_its_workers_own(desk, chatting, bob):
    chat = await chatting()

    with pytest.raises(NotFound):
        await desk.app.chat(bob, chat.id)
    with pytest.raises(NotFound):
        await desk.app.chat_send(bob, chat.id, Answer("Mine?"))


async def test_a_program_without_a_person_cannot_chat(desk, linked, ada):
    [entry] = await desk.app.chat_menu(ada)

    with pytest.raises(Refused):
        await desk.app.chat_start(THE_APP, entry)


async def test_hanging_up_in_the_middle_of_a_turn_loses_nothing(desk, chatting, ada):
    chat = await chatting()
    desk.fail("slow", path=POST[1], seconds=0.5)
    turn = asyncio.create_task(desk.app.chat_send(ada, chat.id, Answer("Hello"), turn=chat.turn))
    await desk.until_seen(*POST)
    turn.cancel()
    await desk.app.drain()

    ended = await desk.app.chat(ada, chat.id)
    assert ended.busy_run == ""
    assert any("Posted as #" in text for text in said(ended))
    assert [effect.state for effect in await last_effects(desk)] == ["answered"]


async def test_another_worker_does_not_see_the_run_of_a_chat(desk, chatting, ada, bob):
    await chatting.answered("Private plans")

    mine = (await desk.app.runs(ada, limit=1)).runs[0]
    assert (await desk.app.runs(bob)).runs == []
    with pytest.raises(NotFound):
        await desk.app.run_view(bob, mine.id)
