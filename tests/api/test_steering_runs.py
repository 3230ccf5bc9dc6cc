"""Durable runs by page and API: seen, held, cancelled, tried again, settled, compared."""

import re
import time
from urllib.parse import quote

import pytest
from tests.api.conftest import is_problem
from tests.contracts.test_api_answers import faults
from tests.guide.packages import asking
from tests.servers.linked import imported
from tests.servers.person import signed_in

from factotum.sandbox.switches import turn_on

POST = "/1.1/statuses/update.json"
USER = "/1.1/users/show.json"


@pytest.fixture(scope="module")
def document(product):
    return product.ask("GET", "/api/openapi.json", token="").json()


@pytest.fixture(scope="module")
def ada(product):
    return signed_in(product, "ada", "--admin")


@pytest.fixture(scope="module")
def bob(product):
    return signed_in(product, "bob")


def submitted(product, behavior_id, wait=False, **values):
    answer = product.api("POST", f"/behaviors/{behavior_id}/run", {"vars": values, "wait": wait})
    return answer.json()["id"]


def until(product, run_id, *statuses):
    limit = time.monotonic() + 60
    while (told := product.api("GET", f"/runs/{run_id}").json())["status"] not in statuses:
        assert time.monotonic() < limit, told
        time.sleep(0.1)
    return told


def cut(product, calm, linked, text, wait=False):
    """A run whose post got no answer, and the key of that post; the service cannot be asked."""
    turn_on(calm.state, "503", path="/2/users/me")
    turn_on(calm.state, "cut-before", path=POST, times=1)
    run_id = submitted(product, linked["b_post"], wait, var_text=text)
    return run_id, until(product, run_id, "waiting", "failed")["effects"][-1]["key"]


def flashed(person, answer):
    """What the page says to which a form has led."""
    assert answer.status == 302, answer.text
    return person.get(answer.header("location")).text


def buttons(page):
    return set(re.findall(r'name="what" value="(\w+)"', page))


def test_a_waiting_run_says_why_and_until_when_and_is_steered(product, linked, calm, ada, bob):
    turn_on(calm.state, "503", path=USER)
    run_id = submitted(product, linked["b_user"], var_name="alice")
    until(product, run_id, "waiting")
    address = f"/runs/{run_id}"

    page = ada.get(address).text
    assert "Waiting to try again until" in page
    assert "The service answered 503. Try " in page
    assert {"hold", "cancel"} <= buttons(page)
    assert buttons(bob.get(address).text) == set()
    assert bob.post(f"{address}/control", page="/runs", what="cancel").status == 404
    assert "Until" in ada.get("/runs?show=waiting").text
    assert "It goes on when somebody resumes it" in flashed(
        ada, ada.post(f"{address}/control", page=address, what="hold")
    )
    held = ada.get(address).text
    assert "Held." in held
    assert buttons(held) == {"resume", "cancel"}
    calm.state.switches.clear()
    assert "It goes on." in flashed(
        ada, ada.post(f"{address}/control", page=address, what="resume")
    )
    until(product, run_id, "done")
    page = ada.get(address).text
    assert "Was held, and resumed" in page
    assert buttons(page) == set()
    assert "has ended" in flashed(ada, ada.post(f"{address}/control", "/runs/unknown", what="hold"))


def test_a_form_without_its_token_steers_nothing(product, linked, calm, ada):
    turn_on(calm.state, "503", path=USER)
    run_id = submitted(product, linked["b_user"], var_name="alice")
    until(product, run_id, "waiting")

    forged = ada.post(f"/runs/{run_id}/control", page="/healthz", what="cancel")

    assert forged.status == 403
    assert until(product, run_id, "waiting", "cancelled")["status"] == "waiting"
    address = f"/runs/{run_id}"
    assert "Cancelled." in flashed(ada, ada.post(f"{address}/control", page=address, what="cancel"))
    assert ada.post(f"{address}/control", page="/runs/unknown", what="dance").status == 404


def test_a_page_that_is_as_it_was_is_not_sent_again(product, linked, calm, ada):
    turn_on(calm.state, "503", path=USER)
    run_id = submitted(product, linked["b_user"], var_name="alice")
    until(product, run_id, "waiting")
    ada.post(f"/runs/{run_id}/control", page=f"/runs/{run_id}", what="hold")
    refresh = re.search(r'hx-get="([^"]+)"', ada.get(f"/runs/{run_id}").text)[1]

    assert ada.get(refresh).status == 204
    ada.post(f"/runs/{run_id}/control", page=f"/runs/{run_id}", what="cancel")
    changed = ada.get(refresh)
    assert changed.status == 200
    assert "hx-get" not in changed.text


def test_a_failed_run_is_tried_again_from_its_page(product, linked, calm, ada):
    turn_on(calm.state, "403", path=POST, times=1)
    run_id = submitted(product, linked["b_post"], var_text="Again")
    until(product, run_id, "failed")
    address = f"/runs/{run_id}"
    assert buttons(ada.get(address).text) == {"retry"}

    ada.post(f"{address}/control", page=address, what="retry")

    until(product, run_id, "done")
    page = ada.get(address).text
    assert "Tried again" in page
    assert "answered 403" in page
    assert "answered 200" in page


def test_an_unknown_outcome_is_shown_with_all_that_is_known_and_settled(
    product, linked, calm, ada, bob
):
    run_id, key = cut(product, calm, linked, "Is it & there?")
    page = ada.get("/runs/unknown").text
    assert "status: Is it &amp; there?" in page
    assert f"{calm.url}/alice" in page
    assert f'href="/runs/{run_id}"' in page
    assert "It did not — send it" in page
    assert 'aria-label="Unknown outcomes: 1"' in page
    assert "got no answer: say what happened" in ada.get("/").text
    assert key not in bob.get("/runs/unknown").text
    assert "Unknown outcomes:" not in bob.get("/").text
    refused = bob.post("/runs/unknown", page="/", key=key, outcome="given-up")
    assert refused.status in {403, 404}

    faulty = ada.post("/runs/unknown", key=key, outcome="happened", id="https://x.com/a/status/5")
    assert faulty.status == 422
    assert "Paste only the id, perhaps 5." in faulty.text
    assert 'value="https://x.com/a/status/5"' in faulty.text

    told = flashed(ada, ada.post("/runs/unknown", key=key, outcome="happened", id="77"))
    assert "Settled: it happened." in told
    until(product, run_id, "done")
    page = ada.get(f"/runs/{run_id}").text
    assert "ada says that it happened" in page
    late = ada.post("/runs/unknown", key=key, outcome="given-up")
    assert late.status == 409
    assert "This is settled already; nothing was changed." in late.text
    body = {"outcome": "given-up"}
    is_problem(product.api("POST", f"/effects/{quote(key)}/settle", body), 409, "settled")
    assert "Everything is known" in ada.get("/runs/unknown").text


def test_what_an_attended_run_did_is_settled_and_not_sent_again(product, linked, calm, ada):
    run_id, key = cut(product, calm, linked, "Attended", wait=True)
    before = len(calm.state.seen)
    page = ada.get("/runs/unknown").text
    assert "Nobody waits for this run any more, so nothing is sent again" in page
    assert "send it</button>" not in page

    told = flashed(ada, ada.post("/runs/unknown", key=key, outcome="not-done"))

    assert "Settled: it did not happen." in told
    assert len(calm.state.seen) == before
    effect = product.api("GET", f"/runs/{run_id}").json()["effects"][0]
    assert (effect["state"], effect["outcome"], effect["said_by"]) == ("settled", "not-done", "ada")


def test_runs_are_listed_by_what_is_asked_for(product, linked, calm, ada):
    run_id, key = cut(product, calm, linked, "Listed", wait=True)

    for show in ("", "failed", "unknown"):
        assert run_id in ada.get(f"/runs?show={show}").text
        items = product.api("GET", f"/runs?show={show}").json()["items"]
        assert run_id in [item["id"] for item in items]
    assert run_id not in ada.get("/runs?show=under-way").text
    assert ada.get("/runs?show=nonsense").status == 400
    is_problem(product.api("GET", "/runs?show=nonsense"), 422, "bad-request")
    product.api("POST", f"/effects/{quote(key)}/settle", {"outcome": "given-up"})
    assert run_id not in ada.get("/runs?show=unknown").text


def test_what_the_api_says_of_unknown_outcomes_is_as_described(product, linked, calm, document):
    run_id, key = cut(product, calm, linked, "Described")

    listed = product.api("GET", "/effects/unknown")
    settled = product.api("POST", f"/effects/{quote(key)}/settle", {"outcome": "given-up"})

    assert (listed.status, settled.status) == (200, 200)
    assert faults(document, "/effects/unknown", "GET", listed) == []
    assert faults(document, "/effects/{key}/settle", "POST", settled) == []
    until(product, run_id, "failed")
    retried = product.api("POST", f"/runs/{run_id}/retry")
    assert faults(document, "/runs/{id}/{verb}", "POST", retried) == []
    told = until(product, run_id, "done", "failed")
    assert told["went_on"]
    one = product.api("GET", f"/runs/{run_id}")
    assert faults(document, "/runs/{id}", "GET", one) == []


def test_a_request_of_a_behavior_within_a_behavior_is_asked_for_by_its_key(product):
    """Its key holds slashes: so long as there is none of that key, the answer is about the request."""
    key = quote("0193:0#0/0.1#0:1", safe="")
    answer = product.api("POST", f"/effects/{key}/settle", {"outcome": "given-up"})
    assert answer.json()["detail"] == "There is no such request."


def test_a_run_beside_a_revision(product, linked, calm, ada, bob, document):
    run_id = submitted(product, linked["b_post"], var_text="Compared")
    until(product, run_id, "done")

    answer = product.api("GET", f"/runs/{run_id}/replay?revision=1")

    assert faults(document, "/runs/{id}/replay", "GET", answer) == []
    told = answer.json()
    assert (told["is_same"], told["now"]["status"], told["notes"]) == (True, "done", [])
    assert [pair["state"] for pair in told["requests"]] == ["same"]
    is_problem(product.api("GET", f"/runs/{run_id}/replay?revision=9"), 422, "no-revision")
    page = ada.get(f"/runs/{run_id}/replay").text
    assert "No difference." in page
    assert "revision 1 (this run's)" in page.replace("&#x27;", "'")
    assert ada.get(f"/runs/{run_id}/replay?revision=x").status == 400
    assert bob.get(f"/runs/{run_id}/replay").status == 403


def test_a_queued_run_says_its_priority_and_deadline(product, linked, calm, ada):
    turn_on(calm.state, "503", path=USER)
    order = {"vars": {"var_name": "alice"}, "wait": False, "priority": 7, "deadline": 1.5}

    told = product.api("POST", f"/behaviors/{linked['b_user']}/run", order).json()

    assert told["priority"] == 7
    assert told["deadline"] > told["started_at"]
    page = ada.get(f"/runs/{told['id']}").text
    assert re.search(r"<dt>Priority</dt><dd>7\b", page)
    assert "<dt>Deadline</dt>" in page
    assert until(product, told["id"], "failed")["code"] == "deadline"


def test_a_faulty_priority_or_deadline_is_told(product, linked):
    path = f"/behaviors/{linked['b_user']}/run"
    faulty = {"vars": {"var_name": "alice"}, "wait": False, "priority": 0, "deadline": -1}
    answer = product.api("POST", path, faulty)
    is_problem(answer, 422, "bad-queueing")
    assert set(answer.json()["fields"]) == {"priority", "deadline"}


@pytest.fixture(scope="module")
def asks(product):
    """The id of a behavior that asks before it goes on."""
    package = asking("Post <b>this</b>?", expires="1 day")
    return imported(product, package, {})["behavior"]["ask"]["id"]


def test_a_run_that_asks_is_approved_by_page_and_api(product, asks, ada, bob, document):
    queued = ada.post(f"/behaviors/{asks}/simulator", for_real="background").header("location")
    run_id = queued.rpartition("/")[2]
    until(product, run_id, "waiting")
    listed = product.api("GET", "/approvals")
    [asked] = listed.json()["items"]
    assert faults(document, "/approvals", "GET", listed) == []
    assert (asked["run_id"], asked["message"]) == (run_id, "Post <b>this</b>?")
    assert "approve or refuse" in (home := ada.get("/").text)
    assert 'aria-label="Approvals: 1"' in home
    assert "Approvals: " not in bob.get("/").text
    for address in ("/runs/approvals", f"/runs/{run_id}"):
        assert "Post &lt;b&gt;this&lt;/b&gt;?" in ada.get(address).text
    assert buttons(ada.get(f"/runs/{run_id}").text) == {"hold", "cancel"}
    form = {"key": asked["key"], "outcome": "refused", "comment": "Not <today>"}
    assert bob.post("/runs/approvals", **form).status == 404
    assert "Nothing waits for you" in bob.get("/runs/approvals").text
    assert ada.post("/runs/approvals", page="/healthz", **form).status == 403
    told = ada.post("/runs/approvals", **{**form, "comment": "x" * 2001})
    assert told.status == 422
    assert "A comment has at most 2000 characters." in told.text

    sent = ada.post("/runs/approvals", **form, at_run="1")

    assert sent.header("location") == f"/runs/{run_id}"
    assert "Refused. Its run goes on." in flashed(ada, sent)
    told = until(product, run_id, "done")
    assert told["placeholders"]["_approval"]["is_approved"] is False
    page = ada.get(f"/runs/{run_id}").text
    assert "Refused by ada" in page
    assert "Not &lt;today&gt;" in page
    late = product.api("POST", f"/approvals/{asked['key']}/decide", {"outcome": "approved"})
    is_problem(late, 409, "decided")
    late = ada.post("/runs/approvals", **form)
    assert late.status == 409
    assert "Refused already by ada; nothing was changed." in late.text
    told = flashed(ada, ada.post("/runs/approvals", **form, at_run="1"))
    assert re.search(r"#warning\">.{,40}<div>Refused already by ada", told)


def test_what_is_asked_is_answered_by_api(product, asks, document):
    run_id = submitted(product, asks)
    until(product, run_id, "waiting")
    [asked] = product.api("GET", "/approvals").json()["items"]

    body = {"outcome": "approved", "comment": "Go"}
    answer = product.api("POST", f"/approvals/{asked['key']}/decide", body)

    assert answer.status == 200, answer.text
    assert faults(document, "/approvals/{key}/decide", "POST", answer) == []
    assert until(product, run_id, "done")["placeholders"]["_approval"]["comment"] == "Go"
    is_problem(product.api("POST", "/approvals/x/decide", body), 404, "not-found")
