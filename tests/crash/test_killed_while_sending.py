"""The serving process is killed while a post is on its way; what follows says so and posts nothing."""

import re
import signal
import threading
import time

import pytest
from tests.crash.conftest import POST, killed_while, posts, run, somebody, tweets_of

from factotum.sandbox.switches import turn_on


def test_a_run_is_told_as_interrupted_and_its_post_as_unknown(product, server, sandbox, bot):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2)

    killed_while(sandbox, server, lambda: run(product, bot["b_post"], "Once", "k-1"))
    server.start()

    line = product.api("GET", f"/runs?behavior_id={bot['b_post']}").json()["items"][0]
    told = product.api("GET", f"/runs/{line['id']}").json()
    assert (told["status"], told["code"]) == ("interrupted", "interrupted")
    assert [effect["state"] for effect in told["effects"]] == ["unknown"]
    page = somebody(product).get(f"/runs/{line['id']}")
    assert "unknown" in page.text.lower()
    assert len(posts(sandbox)) == 1


def test_a_caller_that_asks_again_with_its_key_gets_that_run_and_no_second_post(
    product, server, sandbox, bot
):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2)
    killed_while(sandbox, server, lambda: run(product, bot["b_post"], "Asked twice", "k-2"))
    server.start()

    again = run(product, bot["b_post"], "Asked twice", "k-2").json()

    assert again["status"] == "interrupted"
    assert len(posts(sandbox)) == 1
    until = time.monotonic() + 20  # the service is slow, and goes on with what it got
    while not tweets_of(sandbox, "Asked twice") and time.monotonic() < until:
        time.sleep(0.05)
    assert len(tweets_of(sandbox, "Asked twice")) == 1


@pytest.fixture
def chat(product, bot):
    """A person, and the address of a chat that asks what to post."""
    person = somebody(product)
    menu = person.get("/chat").text
    offered = dict(re.findall(r'name="(behavior_id|interaction)" value="([^"]*)"', menu))
    return person, person.post("/chat/start", page="/chat", **offered).header("location")


def answered(person, room, text):
    turn = re.search(r'name="turn" value="(\d+)"', person.get(room).text)[1]
    return person.post(f"{room}/send", page=room, message=text, turn=turn)


def test_a_chat_says_that_its_post_may_have_arrived_and_goes_on(product, server, sandbox, chat):
    person, room = chat
    turn_on(sandbox.state, "slow", path=POST[1], times=1, seconds=2)

    killed_while(sandbox, server, lambda: answered(person, room, "From the chat"))
    server.start()

    page = person.get(room).text
    assert "may have arrived" in page
    assert "Posted as" not in page
    assert len(posts(sandbox)) == 1

    assert answered(person, room, "Another text").status == 302
    assert "Posted as" in person.get(room).text
    assert len(tweets_of(sandbox, "Another text")) == 1


def test_a_second_click_after_the_crash_belongs_to_no_turn(product, server, sandbox, chat):
    person, room = chat
    turn = re.search(r'name="turn" value="(\d+)"', person.get(room).text)[1]
    turn_on(sandbox.state, "slow", path=POST[1], times=1, seconds=2)
    killed_while(sandbox, server, lambda: answered(person, room, "Clicked twice"))
    server.start()

    person.post(f"{room}/send", page=room, message="Clicked twice", turn=turn)

    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("fault", ["cut-before", "cut-after"])
def test_a_webhook_whose_post_was_cut_is_answered_with_an_error_and_sent_once(
    product, server, sandbox, bot, fault
):
    turn_on(sandbox.state, fault, path=POST[1])

    told = run(product, bot["b_post"], f"Post {fault}", f"k-{fault}").json()

    assert told["status"] == "failed"
    assert [effect["state"] for effect in told["effects"]] == ["unknown"]
    assert len(posts(sandbox)) == 1


def test_a_product_that_is_asked_to_stop_waits_for_the_answer(product, server, sandbox, bot):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1)
    done = []
    caller = threading.Thread(
        target=lambda: done.append(run(product, bot["b_post"], "To the end", "k-3").json())
    )
    caller.start()
    while not posts(sandbox):
        time.sleep(0.01)

    server.process.send_signal(signal.SIGTERM)
    caller.join()
    server.process.wait(30)
    server.start()

    assert done[0]["status"] == "done"
    assert len(tweets_of(sandbox, "To the end")) == 1
