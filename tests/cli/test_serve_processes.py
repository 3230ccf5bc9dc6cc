"""``factotum serve --processes 2``: two processes that look like one to whoever asks."""

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import threading
from urllib.parse import urlsplit

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.cli.conftest import refused
from tests.servers.linked import linked_bot
from tests.servers.person import Person
from tests.servers.postgresql import own_postgresql
from tests.servers.product import free_port, installation, prepared
from tests.servers.several import is_alive, serving_with, until

from factotum.sandbox.switches import turn_on

GONE = (OSError, http.client.HTTPException)
POST = "/1.1/statuses/update.json"
GUID = "a-webhook-that-says-which-one-it-is"


def answering(word):
    """A package of a webhook that answers with this word."""
    say = {"action": "set_http_body", "value": word}
    return {
        "package": {"name": "Which", "revision": 1},
        "records": [
            {
                "uid": "hook",
                "_context": "webhook_listener",
                "name": "Which",
                "guid": GUID,
                "extension_id": "cerb.webhooks.listener.engine.va",
                "extension_params": {"behavior_id": "{{{uid.answer}}}"},
            }
        ],
        "bots": [
            {
                "uid": "bot",
                "name": "Which",
                "owner": {"context": "app", "id": 0},
                "behaviors": [
                    {
                        "uid": "answer",
                        "title": "Answer",
                        "event": {"key": "event.webhook.received", "label": "Webhook"},
                        "nodes": [{"type": "action", "title": "Say", "params": {"actions": [say]}}],
                    }
                ],
            }
        ],
    }


def imported(ask, word):
    answer = ask("POST", "/api/v1/packages/import", {"package": answering(word), "prompts": {}})
    assert answer.status == 200, answer.text
    return answer.json()["records"]["behavior"]["answer"]["id"]


def metrics(ask):
    """Every sample: name and labels → value."""
    families = text_string_to_metric_families(ask("GET", "/metrics", token="").text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


STARTED = ("factotum_runs_started_total", ("driver", "attended"))


@pytest.fixture(scope="module")
def group(tmp_path_factory, sandbox):
    """Two processes on SQLite."""
    folder = tmp_path_factory.mktemp("product")
    product = prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
    with serving_with(product, 2) as made:
        yield made


@pytest.fixture
def first(group):
    """Asks the process that walks durable runs."""
    with group.asking(group.pids[0]) as ask:
        yield ask


@pytest.fixture
def second(group):
    """Asks the other one."""
    with group.asking(group.pids[1]) as ask:
        yield ask


def test_it_prints_the_address_and_the_link_once(group):
    assert group.log.count("Factotum:  ") == 1
    assert group.log.count("/sign-in/link/") == 1


def test_what_one_has_changed_the_other_knows_at_once(first, second):
    for word in ("one", "two", "three"):
        imported(first, word)
        assert second("GET", f"/webhooks/{GUID}", token="").text == word
    imported(second, "four")
    assert first("GET", f"/webhooks/{GUID}", token="").text == "four"


def test_metrics_are_those_of_both_whoever_is_asked(group, first, second):
    imported(first, "counted")
    before = metrics(first)[STARTED]
    for ask in (first, second, second):
        assert ask("GET", f"/webhooks/{GUID}", token="").status == 200

    for ask in (first, second):
        told = metrics(ask)
        assert told[STARTED] == before + 3
        for number in ("1", "2"):
            assert told["process_resident_memory_bytes", ("process", number)] > 1e7
        assert ("process_resident_memory_bytes",) not in told


def walked(ask, behavior):
    """A durable run, done; its order went over this connection."""
    queued = ask("POST", f"/api/v1/behaviors/{behavior}/run", {"vars": {}, "wait": False}).json()
    until(lambda: ask("GET", f"/api/v1/runs/{queued['id']}").json()["status"] == "done")
    return queued["id"]


def walkers(group):
    """By run, the process id in the name of who walked it."""
    address = group.product.environ.get("FACTOTUM_DATABASE_URL")
    file = group.product.folder / "data" / "factotum.sqlite3"
    with contextlib.closing(psycopg.connect(address) if address else sqlite3.connect(file)) as made:
        rows = made.execute("SELECT id, executor FROM store_run").fetchall()
    return {run_id: int(executor.split("-")[1]) for run_id, executor in rows}


def test_a_durable_run_is_walked_by_the_first_whoever_takes_the_order(group, first, second):
    behavior = imported(first, "durable")

    runs = [walked(ask, behavior) for ask in (first, second)]

    assert [walkers(group)[run_id] for run_id in runs] == [group.pids[0]] * 2


def test_wrong_passwords_are_counted_together(group):
    refusals = []
    for _ in range(12):  # each over a connection of its own, to whomever it reaches
        answer = Person(group.product).post("/sign-in", login="nobody-here", password="guessed")
        assert answer.status == 200, answer.text
        refusals.append("Too many" in answer.text)

    assert refusals == [False] * 5 + [True] * 7


def test_one_that_is_killed_is_followed_by_another(group, first):
    imported(first, "still here")
    with group.asking(group.pids[1]) as second:
        assert second("GET", f"/webhooks/{GUID}", token="").text == "still here"
    before = metrics(first)
    killed = group.pids[1]

    os.kill(killed, signal.SIGKILL)
    until(lambda: not is_alive(killed))
    answers = {group.product.ask("GET", f"/webhooks/{GUID}", token="").text for _ in range(20)}

    assert answers == {"still here"}
    assert f"({killed}) was killed (SIGKILL); another follows" in group.log
    until(group.whole)
    with group.asking(group.pids[0]) as again:  # who was idle for some seconds was let go
        after = metrics(again)
    assert after[STARTED] == before[STARTED] + 20
    with group.asking(group.pids[1]) as second:
        assert metrics(second)[STARTED] == after[STARTED]


def test_when_the_first_is_killed_another_does_its_work(group):
    killed, other = group.pids
    with group.asking(other) as ask:
        behavior = imported(ask, "later")
        os.kill(killed, signal.SIGKILL)
        until(lambda: not is_alive(killed))

        run_id = walked(ask, behavior)

        assert walkers(group)[run_id] == group.pids[0] not in {killed, other}
    until(group.whole)


def test_what_was_under_way_in_one_that_is_killed_is_told_as_interrupted(group, sandbox, first):
    bot = linked_bot(group.product, sandbox.state, "Slow")
    turn_on(sandbox.state, "slow", path=POST, seconds=2)
    body = {"vars": {"var_text": "Slowly"}, "mode": "run", "wait": True}

    def post():
        with group.asking(killed) as second, contextlib.suppress(*GONE):
            second("POST", f"/api/v1/behaviors/{bot['b_post']}/run", body)

    killed = group.pids[1]
    asking = threading.Thread(target=post)
    asking.start()
    until(lambda: [one for one in sandbox.state.seen if one.path == POST])
    os.kill(killed, signal.SIGKILL)
    asking.join()

    def told():
        runs = first("GET", f"/api/v1/runs?behavior_id={bot['b_post']}").json()["items"]
        return [run["status"] for run in runs]

    until(lambda: told() == ["interrupted"])
    until(group.whole)


def test_all_end_when_they_are_asked_to(tmp_path):
    with serving_with(prepared(tmp_path), 2) as group:
        pids = group.pids
        group.supervisor.send_signal(signal.SIGINT)
        code = group.supervisor.wait(30)

    assert code == 0
    assert not any(is_alive(pid) for pid in pids)
    assert "Traceback" not in group.log
    socket.create_server(("127.0.0.1", urlsplit(group.product.url).port)).close()


def test_both_give_signs_of_life(group):
    hearts = [group.folder / f"heartbeat_{number}" for number in (1, 2)]
    before = [heart.read_bytes() for heart in hearts]

    until(lambda: all(heart.read_bytes() != old for heart, old in zip(hearts, before, strict=True)))


def test_all_end_when_the_one_that_began_them_is_killed(tmp_path):
    (tmp_path / "temporary").mkdir()
    product = prepared(tmp_path)
    product.environ["TMPDIR"] = str(tmp_path / "temporary")
    with serving_with(product, 2) as group:
        pids = group.pids
        group.supervisor.kill()

        until(lambda: not any(is_alive(pid) for pid in pids))

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_port_that_others_share_is_in_use(group, fresh):
    done = fresh.command("serve", "--port", str(urlsplit(group.product.url).port))
    refused(done, "in use", "--port")

    done = fresh.command(
        "serve", "--port", str(urlsplit(group.product.url).port), "--processes", "2"
    )
    refused(done, "in use", "--port")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"FACTOTUM_LOG": "xml"}, "json"),
        ({"FACTOTUM_DATA": "/proc/nothing"}, "FACTOTUM_DATA"),
        ({"FACTOTUM_ROOT_KEY": "short"}, "FACTOTUM_ROOT_KEY"),
        ({"FACTOTUM_DATABASE_URL": "postgresql://u:sekret@127.0.0.1:1/x"}, "cannot be used"),
    ],
)
def test_what_stops_one_stops_all(fresh, settings, words):
    done = fresh.command("serve", "--port", str(free_port()), "--processes", "2", **settings)

    refused(done, words)


def test_on_postgresql_each_of_them_walks_durable_runs(tmp_path):
    with own_postgresql() as database:
        product = installation(tmp_path, DATABASE_URL=database.url)
        with serving_with(product, 2) as group:
            runs = []
            for pid in group.pids:
                with group.asking(pid) as ask:
                    runs.append(walked(ask, imported(ask, "durable")))

            assert [walkers(group)[run_id] for run_id in runs] == group.pids
