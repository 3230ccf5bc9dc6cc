"""The serving process is killed while a post is on its way; what follows says so and posts nothing."""

import contextlib
import http.client
import re
import signal
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
from tests.guide import packages
from tests.servers.person import signed_in
from tests.servers.product import installation, wait_until_it_answers

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent
from factotum.sandbox.switches import turn_on

POST = ("POST", "/1.1/statuses/update.json")


class Server:
    """The product in a process that can be killed and started again."""

    def __init__(self, product):
        self.product = product
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "factotum", "serve"]
        command += ["--port", str(urlsplit(self.product.url).port)]
        with (self.product.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self.product.environ,
                cwd=self.product.folder,
                stdout=log,
                stderr=log,
            )
        wait_until_it_answers(self.product.url, self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def product(tmp_path, sandbox):
    return installation(tmp_path, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")


@pytest.fixture
def server(product):
    server = Server(product)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def bot(product, server, sandbox):
    """The ids of a bot's behaviors, its account linked as @alice."""
    keys = sandbox.state.ensure_app("Crash", [f"{product.url}/oauth/callback"])
    answers = {"the_id": keys.consumer_key, "the_secret": keys.consumer_secret}
    made = imported(product, packages.service(), answers)
    account = made["connected_account"]["the_account"]["id"]
    started = product.api("POST", f"/accounts/{account}/link").json()
    address = consent(sandbox.state, started["authorize_url"], sandbox.state.user_named("alice"))
    pasted = product.api(
        "POST", f"/accounts/{account}/link/paste", {"callback_url": address["location"]}
    )
    assert pasted.status == 200, pasted.text
    made = imported(product, packages.bot(), {"the_account": account})
    return {uid: record["id"] for uid, record in made["behavior"].items()}


def imported(product, package, answers):
    answer = product.api("POST", "/packages/import", {"package": package, "prompts": answers})
    assert answer.status == 200, answer.text
    return answer.json()["records"]


def posts(sandbox):
    return [one for one in sandbox.state.seen if (one.method, one.path) == POST]


def killed_while(sandbox, server, begin):
    """Begin something that posts, and kill the product when the post has come to the service."""

    def hopeless():
        with contextlib.suppress(OSError, http.client.HTTPException):
            begin()

    caller = threading.Thread(target=hopeless)
    caller.start()
    until = time.monotonic() + 60
    while not posts(sandbox) and time.monotonic() < until:
        time.sleep(0.01)
    server.kill()
    caller.join()
    assert len(posts(sandbox)) == 1


def tweets_of(sandbox, text):
    return [tweet for tweet in sandbox.state.tweets.values() if tweet.text == text]


def run(product, behavior_id, text, key):
    body = {"vars": {"var_text": text}}
    headers = {"Idempotency-Key": key}
    return product.api("POST", f"/behaviors/{behavior_id}/run", body, headers=headers)


def test_a_run_is_told_as_interrupted_and_its_post_as_unknown(product, server, sandbox, bot):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2)

    killed_while(sandbox, server, lambda: run(product, bot["b_post"], "Once", "k-1"))
    server.start()

    line = product.api("GET", f"/runs?behavior_id={bot['b_post']}").json()["items"][0]
    told = product.api("GET", f"/runs/{line['id']}").json()
    assert (told["status"], told["code"]) == ("interrupted", "interrupted")
    assert [effect["state"] for effect in told["effects"]] == ["unknown"]
    page = signed_in(product, "ada", "--admin").get(f"/runs/{line['id']}")
    assert "unknown" in page.text.lower()
    assert len(posts(sandbox)) == 1


def test_a_caller_that_asks_again_with_its_key_gets_that_run_and_no_second_post(
    product, server, sandbox, bot
):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2)
    killed_while(sandbox, server, lambda: run(product, bot["b_post"], "Once", "k-1"))
    server.start()

    again = run(product, bot["b_post"], "Once", "k-1").json()

    assert again["status"] == "interrupted"
    assert len(posts(sandbox)) == 1
    assert len(tweets_of(sandbox, "Once")) == 1


@pytest.fixture
def chat(product, bot):
    """A person, and the address of a chat that asks what to post."""
    person = signed_in(product, "ada", "--admin")
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
    killed_while(sandbox, server, lambda: answered(person, room, "From the chat"))
    server.start()

    person.post(f"{room}/send", page=room, message="From the chat", turn=turn)

    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("fault", ["cut-before", "cut-after"])
def test_a_webhook_whose_post_was_cut_is_answered_with_an_error_and_sent_once(
    product, server, sandbox, bot, fault
):
    turn_on(sandbox.state, fault, path=POST[1])

    told = run(product, bot["b_post"], "Cut", "k-2").json()

    assert told["status"] == "failed"
    assert [effect["state"] for effect in told["effects"]] == ["unknown"]
    assert len(posts(sandbox)) == 1


def test_a_product_that_is_asked_to_stop_waits_for_the_answer(product, server, sandbox, bot):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2)
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
