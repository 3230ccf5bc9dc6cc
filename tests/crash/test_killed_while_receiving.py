"""The serving process is killed while deliveries come in: what was answered is on disk, nothing runs twice."""

import contextlib
import http.client
import itertools
import socket
import threading
import time

import pytest
from tests.api.test_hooks import ask, body, listening
from tests.crash.conftest import Server, somebody
from tests.servers.product import prepared

GONE = (OSError, http.client.HTTPException)
SENDERS = 4


@pytest.fixture
def server(tmp_path, one_sandbox):
    """An installation of its own: each test counts all runs there are."""
    settings = {"SANDBOX_URL": one_sandbox.url, "ALLOW_HOSTS": "127.0.0.1/32"}
    server = Server(prepared(tmp_path, **settings))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def product(server):
    return server.product


def with_ids(product, path, **values):
    """The webhook knows its deliveries by X-Id."""
    person = somebody(product)
    [hook] = product.api("GET", "/webhooks").json()["items"]
    page = f"/cards/webhook_listener/{hook['id']}/edit"
    kept = {key: str(value) for key, value in hook.items() if key != "is_disabled"}
    behavior = str(hook["extension_params"]["behavior_id"])
    saved = {**kept, "behavior_id": behavior, "delivery_header": "X-Id", **values}
    assert person.post(page, page=page, **saved).status == 302
    return path


def delivered(product, path, number):
    return ask(product, "POST", path, b"{}", (("X-Id", f"d-{number}"),))


def killed_under_load(product, server, path):
    """Deliveries by number that were answered before the process was killed in the middle of others."""
    answers = {}
    numbers = itertools.count()

    def send():
        with contextlib.suppress(*GONE):
            while True:
                number = next(numbers)
                answers[number] = delivered(product, path, number)

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    until = time.monotonic() + 60
    while len(answers) < 40 and time.monotonic() < until:
        time.sleep(0.001)
    server.kill()
    for sender in senders:
        sender.join()
    server.start()
    assert len(answers) >= 40
    return answers


def runs(product):
    return product.api("GET", "/runs?limit=200").json()["items"]


def test_what_was_answered_has_its_run_and_is_answered_the_same_again(product, server):
    path = with_ids(product, listening(product, body("{{random_string(20)}}")))

    answers = killed_under_load(product, server, path)

    before = {run["id"]: run["status"] for run in runs(product)}
    assert list(before.values()).count("done") >= len(answers)
    for number, answer in answers.items():
        assert answer.status == 200
        assert delivered(product, path, number).body == answer.body
    assert {run["id"] for run in runs(product)} == set(before)


def test_what_was_answered_at_once_has_its_run_and_gives_it_again(product, server):
    path = listening(product, body("{{random_string(20)}}"))
    with_ids(product, path, answer="at_once")

    answers = killed_under_load(product, server, path)

    kept = {run["id"] for run in runs(product)}
    for number, answer in answers.items():
        assert answer.status == 202
        assert answer.json()["run"] in kept
        assert delivered(product, path, number).json() == answer.json()
    until = time.monotonic() + 60
    while any(run["status"] != "done" for run in runs(product)) and time.monotonic() < until:
        time.sleep(0.1)
    assert {run["status"] for run in runs(product)} == {"done"}
    # beside them at most what each sender was cut off from: submitted, and not yet listed
    assert kept <= {run["id"] for run in runs(product)}
    assert len(runs(product)) <= len(kept) + SENDERS


class Silent:
    """A service that hears requests and never answers."""

    def __init__(self):
        self.heard = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __enter__(self):
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.recv(1000)
                self.heard.append(connection)


def test_a_delivery_cut_off_in_the_middle_is_not_begun_again(product, server):
    call = {
        "action": "core.va.action.http_request",
        "value": "slow",
        "http_verb": "post",
        "response_placeholder": "answer",
    }
    with Silent() as service:
        path = with_ids(product, listening(product, {**call, "http_url": service.url}))
        caller = threading.Thread(target=hopeless, args=(product, path))
        caller.start()
        until = time.monotonic() + 60
        while not service.heard and time.monotonic() < until:
            time.sleep(0.01)
        server.kill()
        caller.join()
        server.start()

        again = delivered(product, path, 1)
        while again.status == 409 and time.monotonic() < until:  # until it is known to be dead
            again = delivered(product, path, 1)

        assert (again.status, len(service.heard)) == (500, 1)
        assert "interrupted" in again.text
        [run] = runs(product)
        assert run["status"] == "interrupted"


def hopeless(product, path):
    with contextlib.suppress(*GONE):
        delivered(product, path, 1)
