"""Whether a comment on an issue was made is read from the issue, as the account that was to make it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.servers.comments import Comments
from tests.servers.loopback import Answered

from factotum.clock import SystemClock
from factotum.core.http import Request
from factotum.core.values import Actor
from factotum.net.door import Door
from factotum.net.stand_in import StandIn
from factotum.runs import lateness, read_back
from factotum.runs.context import RunContext
from factotum.runs.lateness import MARGIN, TIMES, Lateness
from factotum.runs.looking import Lookout
from factotum.runs.ports import SigningAccount
from factotum.runs.read_back import ServiceReadBack
from factotum.runs.read_back_rule import in_path, rule_for
from factotum.runs.run import EffectRow
from factotum.runs.steady import Steadiness
from factotum.runs.waiting import NotYetSure, Wait

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "api.github.com"
URL = f"https://{HOST}/repos/octo/demo/issues/7/comments"
JSON = (("Content-Type", "application/json"),)
PATIENCE = 90.0  # seconds after which what is not shown was not made


class OneAccount:
    async def ready(self, account_id, actor):
        def sign(request):
            return request.with_header("Authorization", "Bearer gho_secret")

        return SigningAccount(1, "octocat", (HOST,), sign, frozenset({"gho_secret"}))

    async def read_back(self, account_id):
        return {}


class Steady(Steadiness):
    """Of a process that has run for an hour."""

    def __init__(self, clock):
        super().__init__(clock)
        self._since -= 3600


@pytest.fixture
def github():
    with Comments() as served:
        yield served


class Services:
    """Whether they were slow with other requests."""

    slow = False

    def is_slow(self, host, since):
        return self.slow and host == HOST

    async def run(self, work, *args):
        return work(*args)


@pytest.fixture
def services():
    return Services()


@pytest.fixture
async def look(github, journals, gate, services):
    """Looks up a comment that was to be made ``ago`` seconds ago."""
    clock = SystemClock()
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:
        stand_in = StandIn(door, github.base_url, {HOST})
        read_back = ServiceReadBack(
            Lookout(stand_in, OneAccount(), gate, clock),
            OneAccount(),
            clock,
            Lateness(services, services, Steady(clock), PATIENCE - MARGIN),
        )

        async def looked(text, ago=100.0, **known):
            request = Request("POST", URL, JSON, json.dumps({"body": text}).encode())
            at = clock().at.timestamp() - ago
            row = EffectRow(
                *("k", "r", "0#0", "unknown", "POST", URL, HOST, "f", at),
                account_id=1,
                answered_at=at,
                **known,
            )
            context = RunContext(journals.begin(), Actor.app(), is_durable=True)
            try:
                return await read_back.look(request, row, context)
            except Wait as wait:
                return wait

        yield looked


async def test_a_comment_that_was_made_is_found(look, github):
    github.write("Another")
    made = github.write("Done & *dusted*: https://example.com/a\n\nSee <b>")

    response = await look("Done & *dusted*: https://example.com/a\r\n\r\nSee <b>")

    assert response.status == 201
    assert response.json() == {key: made[key] for key in ("id", "html_url", "body", "created_at")}


@pytest.mark.parametrize(
    "written",
    [
        {"body": "Hello", "login": "somebody-else"},
        {"body": "Hello", "at": datetime.now(UTC) - timedelta(hours=1)},
        {"body": "Hello https://example.com/b"},
        {"body": "Hello there"},
    ],
)
async def test_another_comment_is_not_taken_for_it(look, github, written):
    github.write(**written)
    text = "Hello https://example.com/a" if "https" in written["body"] else "Hello"

    assert await look(text) is None


async def test_what_a_service_without_room_does_not_show_may_yet_be_made(look, github):
    github.fail_next("/user", Answered(503, "{}", {"Retry-After": "1"}))

    assert isinstance(await look("Hello"), NotYetSure)


async def test_what_a_service_has_not_shown_for_half_a_minute_may_yet_be_made(look, github):
    """It answers questions at once, and is still at work on what it got."""
    wait = await look("Hello", ago=35.0)

    assert (wait.code, wait.until is None) == ("checking", False)
    assert await look("Hello", ago=PATIENCE + 1) is None


async def test_what_surely_had_left_when_its_process_died_is_looked_for_longer(look):
    sent_at = datetime.now(UTC).timestamp() - 500.0
    until = (PATIENCE - MARGIN) * TIMES

    assert (await look("Hello", ago=until - 5, sent_at=sent_at)).code == "checking"
    assert await look("Hello", ago=until + 5, sent_at=sent_at) is None


async def test_what_was_not_answered_in_time_is_never_taken_for_not_made(look, github, monkeypatch):
    """The service may have a long queue; after a day a person is asked."""
    wait = await look("Hello", ago=1000.0, timed_out=True)

    assert wait.code == "checking"
    assert wait.until - datetime.now(UTC).timestamp() == pytest.approx(1000.0, abs=30.0)
    monkeypatch.setattr(lateness, "LONGEST", 900.0)
    assert (await look("Hello", ago=1000.0, timed_out=True)).code == "unknown"
    made = github.write("Hello")
    assert (await look("Hello", timed_out=True)).json()["id"] == made["id"]


async def test_where_a_service_was_slow_with_another_request_no_time_is_enough(look, services):
    services.slow = True

    wait = await look("Hello", ago=1000.0)

    assert isinstance(wait, NotYetSure)
    assert "takes long with other requests" in wait.reason


async def test_what_a_slow_service_does_not_show_may_yet_be_made(look, github, monkeypatch):
    monkeypatch.setattr(read_back, "PROMPT", 0.0)

    assert isinstance(await look("Hello"), NotYetSure)
    made = github.write("Hello")
    assert (await look("Hello")).json()["id"] == made["id"]


async def test_it_is_found_by_whoever_has_a_clock_that_is_ahead(look, github):
    behind = datetime.now(UTC) - timedelta(hours=5)
    github.date = f"{behind:%a, %d %b %Y %H:%M:%S GMT}"
    made = github.write("Hello", at=behind)

    response = await look("Hello", ago=20.0)

    assert response.json()["id"] == made["id"]


async def test_it_is_found_by_whoever_has_a_clock_that_was_set_back_since(look, github):
    ahead = datetime.now(UTC) + timedelta(hours=5)
    github.date = f"{ahead:%a, %d %b %Y %H:%M:%S GMT}"
    made = github.write("Hello", at=ahead)

    response = await look("Hello", ago=-5 * 3600 + 20)

    assert response.json()["id"] == made["id"]


async def test_what_was_sent_when_the_clock_was_wrong_is_asked_of_a_person(look, github):
    github.write("Hello")

    wait = await look("Hello", ago=-5 * 3600)

    assert (wait.code, wait.until) == ("unknown", None)


async def test_it_is_looked_for_some_time_before_it_counts_as_not_made(look, github):
    wait = await look("Hello", ago=1.0)

    assert (wait.code, wait.until is not None) == ("checking", True)


async def test_whose_account_it_is_must_be_known(look, github):
    github.login = None

    wait = await look("Hello")

    assert wait.code == "checking"
    assert "whose account" in wait.reason


async def test_what_cannot_be_looked_through_is_not_taken_for_not_made(look, github):
    for number in range(120):
        github.write(f"Number {number}")

    wait = await look("Hello")

    assert wait.code == "checking"


def test_the_page_of_the_issue_needs_no_name():
    rule = rule_for(Request("POST", URL))

    assert rule.page("") == rule.page("@octocat") == "https://github.com/octo/demo/issues/7"
    assert rule_for(replace(Request("POST", URL), method="PATCH")) is None


@pytest.mark.parametrize("path", ["/a", "/a/", "/a/b/c", "/b/7"])
def test_a_name_stands_for_one_part_of_a_path(path):
    assert in_path("/a/{id}", "/a/7") == {"id": "7"}
    assert in_path("/a/{id}", path) is None
