"""Processes are killed while a charge is on its way to a service that honours keys: it is made once."""

import contextlib
import http.client
import time
from uuid import uuid4

import pytest
from tests.crash.conftest import somebody
from tests.guide import packages
from tests.servers.linked import imported
from tests.servers.till import Till

LIMIT = 60  # seconds a run may take to end after the crash
POINTS = (
    "intent committed",
    "about to leave",
    "answer received",
    "answer committed",
    "step performed",
)


def till_package(name, url, *lines):
    """A service that honours ``lines``, its account, and a behavior that charges."""
    account = {
        "uid": "the_account",
        "_context": "connected_account",
        "name": "Till",
        "service_id": "{{{uid.the_service}}}",
        "owner__context": "app",
        "owner_id": 0,
        "params": {"token": "sk_test_of_the_till"},
    }
    service = {
        "uid": "the_service",
        "_context": "connected_service",
        "name": "Till",
        "extension_id": "cerb.service.provider.token.bearer",
        "idempotency_keys": list(lines),
        "params": {"token_name": "Bearer", "api_base_url": f"{url}/"},
    }
    charge = packages.request(
        "post",
        f"{url}/v1/charges",
        "amount={{var_amount}}",
        auth_connected_account_id="{{{uid.the_account}}}",
    )
    bot = {"uid": "bot", "name": "Till", "owner": {"context": "app", "id": 0}}
    behavior = packages.api("b_charge", "Charge", charge, "var_amount")
    return {
        "package": {
            "name": name,
            "revision": 1,
            "requires": {"cerb_version": "9.1.0", "plugins": []},
        },
        "records": [service, account],
        "bots": [{**bot, "behaviors": [behavior]}],
    }


@pytest.fixture(scope="module")
def till():
    with Till() as served:
        yield served


def charging(product, till, *lines):
    """The id of a new behavior; the till is empty."""
    made = imported(product, till_package(uuid4().hex, till.url, *lines), {})
    till.came.clear()
    till.charges.clear()
    return made["behavior"]["b_charge"]["id"]


def submit(product, behavior_id):
    body = {"vars": {"var_amount": "5"}, "wait": False}
    product.api("POST", f"/behaviors/{behavior_id}/run", body)


def the_run(product, behavior_id, *statuses):
    """The run of the behavior, once it has one of these statuses."""
    limit = time.monotonic() + LIMIT
    while True:
        items = product.api("GET", f"/runs?behavior_id={behavior_id}").json()["items"]
        told = product.api("GET", f"/runs/{items[0]['id']}").json() if items else {}
        if told.get("status") in statuses:
            return told
        assert time.monotonic() < limit, told
        time.sleep(0.1)


def waiting_after(product, behavior_id, attempt):
    """The run's id and its last sending, a later one, which got no answer; the next is waited for."""
    limit = time.monotonic() + LIMIT
    while True:
        told = the_run(product, behavior_id, "waiting")
        last = told["effects"][-1]
        if last["attempt"] > attempt and last["state"] == "unknown":
            assert told["wait_code"] == "retry"
            return told["id"], last
        assert time.monotonic() < limit, told
        time.sleep(0.1)


def until(condition):
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_a_charge_is_made_exactly_once(product, server, till, point):
    behavior_id = charging(product, till, "POST /v1/* 86400")
    server.kill()
    server.start(dying_at=point)
    with contextlib.suppress(OSError, http.client.HTTPException):
        submit(product, behavior_id)
    server.process.wait(LIMIT)
    server.start()

    told = the_run(product, behavior_id, "done", "failed")

    assert (told["status"], told["error"]) == ("done", None)
    assert len(till.charges) == 1
    [key] = {came.key for came in till.came}
    assert {effect["idempotency_key"] for effect in told["effects"]} == {key}
    assert told["effects"][-1]["state"] == "answered"


def test_killed_while_the_service_works_it_gets_the_first_answer(product, server, till):
    behavior_id = charging(product, till, "POST /v1/* 3600")
    till.let_go.clear()
    till.faults.append("held")
    submit(product, behavior_id)
    until(lambda: till.charges)
    server.kill()
    server.start()
    until(lambda: len(till.came) > 1)  # told that the first is under way
    till.let_go.set()

    told = the_run(product, behavior_id, "done", "failed")

    assert (told["status"], told["error"]) == ("done", None)
    assert len(till.charges) == 1
    outcomes = [(effect["state"], effect["outcome"]) for effect in told["effects"]]
    assert set(outcomes[:-1]) == {("settled", "sent-again")}
    assert outcomes[-1] == ("answered", None)
    page = somebody(product).get(f"/runs/{told['id']}").text
    assert "sent again with the same key" in page
    assert "The service gave its first answer again." in page
    assert f"<code>{told['effects'][0]['idempotency_key']}</code>" in page
    assert "sk_test_of_the_till" not in page


def test_what_is_found_after_the_honoured_time_waits_for_a_person(product, server, till):
    behavior_id = charging(product, till, "POST /v1/* 1")
    till.let_go.clear()
    till.faults.append("held")
    submit(product, behavior_id)
    until(lambda: till.charges)
    server.kill()
    till.let_go.set()
    till.prune()
    time.sleep(1)  # the honoured time
    server.start()

    told = the_run(product, behavior_id, "waiting")

    assert told["wait_code"] == "unknown"
    [effect] = told["effects"]
    assert effect["state"] == "unknown"
    assert len(till.came) == len(till.charges) == 1
    assert effect["key"].partition(":")[0] in somebody(product).get("/runs/unknown").text


def test_while_it_waits_somebody_may_say_that_it_happened(product, server, till):
    behavior_id, person = charging(product, till, "POST /v1/* 86400"), somebody(product)
    till.faults.extend(["cut-before"] * 5)
    submit(product, behavior_id)

    last = {"attempt": 1, "outcome": None}
    while last["outcome"] != "happened":  # who is late has four times as long in the next wait
        run_id, last = waiting_after(product, behavior_id, last["attempt"])
        shown = [person.get(page).text for page in ("/runs/unknown", f"/runs/{run_id}")]
        said = {"key": last["key"], "outcome": "happened", "id": "ch_77"}
        person.post("/runs/unknown", page="/runs/unknown", **said)
        effects = product.api("GET", f"/runs/{run_id}").json()["effects"]
        [last] = [effect for effect in effects if effect["key"] == last["key"]]

    told = the_run(product, behavior_id, "done", "failed")
    till.faults.clear()
    assert all("sent again by itself with the same key" in page for page in shown)
    assert (told["status"], told["error"]) == ("done", None)
    assert "ch_77" in str(told["placeholders"]["_http_response"])
    assert (len(till.came), till.charges) == (last["attempt"], [])
