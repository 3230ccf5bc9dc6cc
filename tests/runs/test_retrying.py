"""What is tried again is safe to repeat, or was surely not sent; whatever a server answers."""

import pytest

from factotum.core.errors import NoAnswer
from factotum.core.http import Request, Response
from factotum.core.values import Actor
from factotum.runs.context import RunContext
from factotum.runs.retrying import TRIES, wait_to_retry

URL = "https://api.example.com/things/7"
SAFE, UNSAFE = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def after(journals):
    """How the run waits after a request of that method got this; None where it goes on."""
    context = RunContext(journals.begin(), Actor.app(), is_durable=True)

    def waited(method, status=None, failure=None):
        response = None if status is None else Response(status)
        return wait_to_retry(Request(method, URL), "0#0", failure, response, context, 1000.0)

    return waited


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_an_answer_of_a_server_that_is_not_well_is_no_answer_to_a_question(after, status):
    for method in SAFE:
        assert after(method, status).code == "retry"
    for method in UNSAFE:
        assert after(method, status) is None


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 401, 403, 404, 409, 410, 422, 501])
def test_every_other_answer_is_one(after, status):
    assert [after(method, status) for method in (*SAFE, *UNSAFE)] == [None] * 7


def test_what_may_have_arrived_is_repeated_only_where_that_changes_nothing(after):
    sent, unsent = NoAnswer("It was cut.", sent=True), NoAnswer("Nothing was sent.", sent=False)

    assert all(after(method, failure=sent) for method in SAFE)
    assert not any(after(method, failure=sent) for method in UNSAFE)
    assert all(after(method, failure=unsent) for method in UNSAFE[:3])


def test_it_waits_ever_longer_and_gives_up(after):
    waits = [after("GET", 503) for _ in range(TRIES + 1)]

    assert waits.pop() is None
    assert waits[0].until - 1000.0 <= 3.0
    assert waits[-1].until - 1000.0 >= 1000.0
