"""The product in a process that can be killed, with a sandbox behind it that sees every post."""

import contextlib
import http.client
import signal
import threading
import time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from tests.servers.linked import linked_bot
from tests.servers.person import signed_in
from tests.servers.product import prepared, started, wait_until_it_answers

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.switches import turn_off

POST = ("POST", "/1.1/statuses/update.json")


def pytest_itemcollected(item):
    """The product that is killed here has a database of the kind that the tests run on."""
    item.add_marker("database")


class Server:
    """The product in a process that can be killed and started again."""

    def __init__(self, product):
        self.product = product
        self.process = None

    def start(self, *, dying_at=""):
        """``dying_at`` names the crash point that ends it, the first time it is passed."""
        command = ["serve", "--port", str(urlsplit(self.product.url).port)]
        if dying_at:
            self.process = started(self.product, dying_at, *command, module="tests.crash.dying")
        else:
            self.process = started(self.product, *command)
        wait_until_it_answers(self.product.url, self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture(scope="module")
def one_sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture(scope="module")
def one_server(tmp_path_factory, one_sandbox):
    """One installation for a file's tests: making one costs more than most of them."""
    settings = {"SANDBOX_URL": one_sandbox.url, "ALLOW_HOSTS": "127.0.0.1/32"}
    settings["HTTP_TIMEOUT"] = "2"  # ten seconds after that, what is not shown was not made
    server = Server(prepared(tmp_path_factory.mktemp("crash"), **settings))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def bot(one_server, one_sandbox):
    """The ids of a bot's behaviors, its account linked as @alice."""
    return linked_bot(one_server.product, one_sandbox.state, "Crash")


@pytest.fixture
def product(one_server):
    return one_server.product


@pytest.fixture
def sandbox(one_sandbox):
    """Well again, having seen nothing."""
    turn_off(one_sandbox.state)
    one_sandbox.state.seen.clear()
    return one_sandbox


@pytest.fixture
def server(one_server, bot, sandbox):
    """Running, whatever the test before has done to it."""
    if one_server.process.poll() is not None:
        one_server.start()
    return one_server


def somebody(product):
    """A new admin, signed in."""
    return signed_in(product, f"admin-{uuid4().hex[:8]}", "--admin")


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
