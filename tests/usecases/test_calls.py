"""One request as an account, by hand: signed, sent once, recorded, and what it failed with."""

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import NoAnswer, NotFound, Refused, RelinkNeeded
from factotum.core.http import Request
from factotum.core.values import Ref
from factotum.usecases.run_view import refusing_status

pytestmark = pytest.mark.django_db(transaction=True)

POST = Request(
    "POST",
    "https://api.twitter.com/1.1/statuses/update.json",
    (("Content-Type", "application/x-www-form-urlencoded"),),
    b"status=By+hand",
)
UPDATES = ("POST", "/1.1/statuses/update.json")


async def test_it_is_answered_as_the_service_answers_and_recorded(desk, linked):
    view, answer = await desk.app.call(THE_APP, "Twitter", POST)

    assert answer.json()["text"] == "By hand"
    assert (view.status, [effect.state for effect in view.effects]) == ("done", ["answered"])


async def test_a_refusal_of_the_service_is_an_answer(desk, linked):
    desk.fail("403", path=UPDATES[1])

    view, answer = await desk.app.call(THE_APP, linked["account"], POST)

    assert answer.status == 403
    assert view.failure is None
    assert (view.status, view.error, view.run.code) == ("done", "", "http-403")
    assert refusing_status(view.run) == 403


async def test_the_run_of_a_request_that_went_well_has_no_code(desk, linked):
    view, _ = await desk.app.call(THE_APP, "Twitter", POST)

    assert (view.run.code, refusing_status(view.run)) == ("", 0)


async def test_its_run_is_called_by_method_host_and_path_without_any_secret(desk, linked):
    [token] = desk.sandbox.state.user_tokens.values()
    url = "https://api.twitter.com/1.1/users/show.json"
    plain, _ = await desk.app.call(THE_APP, "Twitter", Request("GET", f"{url}?screen_name=alice"))
    odd, _ = await desk.app.call(THE_APP, "Twitter", Request("GET", f"{url}/{token.token}/more"))
    failed, _ = await desk.app.call(THE_APP, "Twitter", Request("GET", "https://elsewhere.test/a"))
    [last, *_] = (await desk.app.runs(THE_APP)).runs

    assert plain.run.title == "GET api.twitter.com/1.1/users/show.json as Twitter"
    assert odd.run.title == "GET api.twitter.com/1.1/users/show.json/•••/more as Twitter"
    assert failed.run.title == last.title == "GET elsewhere.test/a as Twitter"


@pytest.mark.parametrize("fault", ["cut-before", "cut-after"])
async def test_a_post_without_an_answer_is_not_known_and_not_repeated(desk, linked, fault):
    desk.fail(fault, path=UPDATES[1])

    view, answer = await desk.app.call(THE_APP, linked["account"], POST)

    assert answer is None
    assert isinstance(view.failure, NoAnswer)
    assert view.failure.sent
    assert "not known whether it was done" in view.error
    assert [effect.state for effect in view.effects] == ["unknown"]
    assert len(desk.seen(*UPDATES)) == 1


@pytest.mark.parametrize(
    ("url", "kind", "code"),
    [
        ("https://elsewhere.example/1.1/x", Refused, "host-not-allowed"),
        ("http://169.254.169.254/latest/meta-data", Refused, "host-not-allowed"),
        ("ftp://api.twitter.com/x", Refused, "scheme-not-allowed"),
        ("https:///x", Refused, "bad-url"),
    ],
)
async def test_what_an_account_may_not_reach_is_refused_with_its_code(
    desk, linked, url, kind, code
):
    view, answer = await desk.app.call(THE_APP, linked["account"], Request("GET", url))

    assert answer is None
    assert isinstance(view.failure, kind)
    assert (view.failure.code, view.run.code) == (code, code)


async def test_a_private_address_is_refused_without_an_account_too(desk):
    view, _ = await desk.app.call(THE_APP, None, Request("GET", "http://10.0.0.1/"))

    assert view.run.code == "private-address"


async def test_an_account_that_is_not_linked_is_told(desk, imported):
    view, answer = await desk.app.call(THE_APP, imported["account"], POST)

    assert answer is None
    assert isinstance(view.failure, RelinkNeeded)
    assert view.run.code == "not-linked"


async def test_a_colleagues_account_is_not_there(desk, linked, ada, bob):
    await desk.app.save(
        THE_APP,
        Ref("connected_account", linked["account"]),
        {"owner__context": "worker", "owner_id": bob.worker_id},
        {},
    )
    carol = await desk.worker("carol")

    with pytest.raises(NotFound):
        await desk.app.call(carol, linked["account"], POST)
    view, _ = await desk.app.call(ada, linked["account"], POST)
    assert view.run.code == "account-not-allowed"
    assert desk.seen(*UPDATES) == []


async def test_what_the_command_line_called_is_no_workers_to_see(desk, linked, bob):
    view, _ = await desk.app.call(THE_APP, linked["account"], POST)

    with pytest.raises(NotFound):
        await desk.app.run_view(bob, view.id)
