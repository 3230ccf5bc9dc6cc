"""Whether a status was posted is read from the account's own, at whatever server its service is."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

import pytest
from tests.servers.mastodon import STATUSES, Mastodon

from factotum.clock import SystemClock
from factotum.core.http import Request
from factotum.core.values import Actor
from factotum.net.door import Door
from factotum.packages.shelf import load
from factotum.runs.context import RunContext
from factotum.runs.lateness import Lateness
from factotum.runs.looking import Lookout
from factotum.runs.ports import SigningAccount
from factotum.runs.read_back import PAGES, ServiceReadBack
from factotum.runs.run import EffectRow
from factotum.runs.steady import Steadiness
from factotum.runs.waiting import Wait

pytestmark = pytest.mark.django_db(transaction=True)

RECORDS = json.loads(load("mastodon"))["records"]
[SAID] = [record["read_back"] for record in RECORDS if "read_back" in record]
JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


class OneAccount:
    """Of a service that says what our package says."""

    def __init__(self, mastodon):
        self.host = urlsplit(mastodon.base_url).netloc
        self.token = mastodon.token

    async def ready(self, account_id, actor):
        def sign(request):
            return request.with_header("Authorization", f"Bearer {self.token}")

        return SigningAccount(1, "@ada", (self.host,), sign, frozenset({self.token}))

    async def read_back(self, account_id):
        return SAID


class Prompt:
    """A service that is not slow with anything."""

    def is_slow(self, host, since):
        return False

    async def run(self, work, *args):
        return work(*args)


class Steady(Steadiness):
    """Of a process that has run for an hour."""

    def __init__(self, clock):
        super().__init__(clock)
        self._since -= 3600


@pytest.fixture
def mastodon():
    with Mastodon() as served:
        yield served


@pytest.fixture
async def look(mastodon, journals, gate):
    """Looks up a status that was to be posted ``ago`` seconds ago."""
    clock, account = SystemClock(), OneAccount(mastodon)
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:
        read_back = ServiceReadBack(
            Lookout(door, account, gate, clock),
            account,
            clock,
            Lateness(Prompt(), Prompt(), Steady(clock), 80.0),
        )

        async def looked(text, ago=100.0, *, as_form=False, **more):
            url, body = mastodon.base_url + STATUSES, {"status": text, **more}
            request = Request("POST", url, JSON, json.dumps(body).encode())
            if as_form:
                request = Request("POST", url, FORM, urlencode({"status": text}).encode())
            at = clock().at.timestamp() - ago
            row = EffectRow(
                *("k", "r", "0#0", "unknown", "POST", url, account.host, "f", at),
                account_id=1,
                answered_at=at,
            )
            context = RunContext(journals.begin(), Actor.app(), is_durable=True)
            try:
                return await read_back.look(request, row, context)
            except Wait as wait:
                return wait

        yield looked


@pytest.mark.parametrize("as_form", [False, True])
async def test_a_status_is_found_however_it_was_sent(look, mastodon, as_form):
    made = mastodon.write("Good <morning>\n\nsee https://example.com/" + "long/" * 20)
    mastodon.write("Another")

    text = "Good <morning>\r\n\r\nsee https://example.com/" + "long/" * 20
    response = await look(text, as_form=as_form)

    assert (response.status, response.json()["id"]) == (200, made["id"])


@pytest.mark.parametrize(
    "written",
    [
        {"text": "Read https://example.com/b"},
        {"text": "Read https://example.com/a", "of": "1"},
        {"text": "Read https://example.com/a", "ago": 3600.0},
    ],
)
async def test_another_status_is_not_taken_for_it(look, mastodon, written):
    mastodon.write(**written)

    assert await look("Read https://example.com/a") is None


async def test_it_is_found_behind_many_that_came_later(look, mastodon):
    made = mastodon.write("The one")
    for number in range(90):
        mastodon.write(f"Number {number}")

    assert (await look("The one")).json()["id"] == made["id"]
    assert await look("Not there") is None  # and the last page is the end


async def test_what_cannot_be_looked_through_is_not_taken_for_not_posted(look, mastodon):
    for number in range(PAGES * 40):
        mastodon.write(f"Number {number}")

    assert (await look("Not there")).code == "checking"


@pytest.mark.parametrize(
    ("text", "more"),
    [("", {"media_ids": ["7"]}), ("Later", {"scheduled_at": "2030-01-01T00:00:00Z"})],
)
async def test_what_cannot_be_known_again_is_asked_of_a_person(look, mastodon, text, more):
    wait = await look(text, **more)

    assert (wait.code, wait.until) == ("unknown", None)
    assert mastodon.asked == []


async def test_a_server_that_refuses_is_asked_again_later(look, mastodon):
    mastodon.token = "another"

    wait = await look("Hello")

    assert wait.code == "checking"
    assert "answered 401" in wait.reason
