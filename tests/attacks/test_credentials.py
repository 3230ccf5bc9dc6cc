"""An account's credentials go to its service and come back to nobody."""

import json

import pytest
from tests.servers.desk import THE_APP
from tests.servers.wire import Wire, redirect

from factotum.core.http import Request

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "ya29.sealed/token+with=signs"
BEARER = "cerb.service.provider.token.bearer"
OAUTH2 = "cerb.service.provider.oauth2"


def answer(body, kind="application/json"):
    raw = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n"
    return head.encode() + f"X-You-Sent: {TOKEN}\r\n\r\n".encode() + raw


@pytest.fixture
def account_at(desk):
    async def made(url, extension_id=BEARER, params=(), service=(), secrets=()):
        values = {
            "name": "S",
            "extension_id": extension_id,
            "params": {"api_base_url": url, **dict(params)},
        }
        service = await desk.app.create(THE_APP, "connected_service", values, dict(service))
        values = {"name": "A", "service_id": service.id}
        secrets = dict(secrets) or {"token": TOKEN}
        return (await desk.app.create(THE_APP, "connected_account", values, secrets)).id

    return made


async def recorded(desk):
    page = await desk.app.runs(THE_APP, limit=20)
    views = [await desk.app.run_view(THE_APP, run.id) for run in page.runs]
    return " ".join(repr((view.run, view.steps, view.effects)) for view in views)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps({"headers": {"Authorization": f"Bearer {TOKEN}"}}), "application/json"),
        (TOKEN, "text/plain"),
        ("ya29.sealed%2Ftoken%2Bwith%3Dsigns", "text/html"),
        ("eWEyOS5zZWFsZWQvdG9rZW4rd2l0aD1zaWducw==", "application/octet-stream"),
    ],
)
async def test_what_a_service_says_back_reaches_nobody(desk, account_at, body, kind):
    async with Wire(answer(body, kind)) as wire:
        account = await account_at(wire.url)
        view, got = await desk.app.call(THE_APP, account, Request("GET", f"{wire.url}/echo"))

    assert wire.header("authorization") == f"Bearer {TOKEN}"
    assert view.run.status == "done"
    said = f"{got.body!r} {got.headers} {await recorded(desk)}"
    for spelling in (TOKEN, "sealed%2Ftoken", "c2VhbGVkL3Rva2"):
        assert spelling not in said


async def test_an_answer_without_credentials_is_handed_on_byte_for_byte(desk, account_at):
    body = '{"a":  1, "é": "\\u00e9"}'
    async with Wire(answer(body)) as wire:
        account = await account_at(wire.url)
        _, got = await desk.app.call(THE_APP, account, Request("GET", f"{wire.url}/"))

    assert got.body == body.encode()


async def test_keys_that_a_caller_sends_along_are_not_kept(desk, account_at):
    headers = (
        ("X-Shopify-Access-Token", "typed-1"),
        ("X-Api-Key", "typed-2"),
        ("Cookie", "sid=typed-3"),
        ("Idempotency-Key", "shown"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    async with Wire(answer("{}")) as wire:
        account = await account_at(wire.url)
        url = f"{wire.url}/?access_token=typed-4&page=shown"
        body = b"client_secret=typed-5&name=shown"
        await desk.app.call(THE_APP, account, Request("POST", url, headers, body))

    assert wire.header("x-shopify-access-token") == "typed-1"
    assert wire.targets == ["/?access_token=typed-4&page=shown"]
    kept = await recorded(desk)
    assert kept.count("shown") >= 3
    assert "typed-" not in kept


async def test_they_do_not_follow_to_another_origin(desk, account_at):
    async with Wire(answer("{}")) as other, Wire(redirect(307, f"{other.url}/")) as wire:
        account = await account_at(wire.url)
        headers = (("X-Acme-Token", "typed"), ("X-Acme", "open"))
        await desk.app.call(THE_APP, account, Request("GET", f"{wire.url}/", headers))

    assert wire.header("x-acme-token") == "typed"
    assert other.header("x-acme") == "open"
    assert other.header("x-acme-token") is None
    assert other.header("authorization") is None


async def test_they_do_not_travel_in_clear_where_the_service_is_at_https(desk, account_at):
    account = await account_at("https://api.example.com/")

    view, got = await desk.app.call(THE_APP, account, Request("GET", "http://api.example.com/"))

    assert got is None
    assert view.failure.code == "host-not-allowed"
    assert "https" in view.failure.sentence


@pytest.fixture
def renewing(account_at):
    """An OAuth 2.0 account whose token can be renewed."""

    async def made(url):
        params = {
            "client_id": "id",
            "authorization_url": f"{url}/authorize",
            "access_token_url": f"{url}/token",
        }
        secrets = {"access_token": "old-token-1", "refresh_token": "refresh-token-1"}
        service = {"client_secret": "client-secret"}
        return await account_at(url, OAUTH2, params, service, secrets)

    return made


def provider(number, request):
    """Takes a post, sends on to its result, and refuses to show that to the old token."""
    target = request.split(b" ", 2)[1]
    if target == b"/token":
        return answer('{"access_token": "new-token-2", "token_type": "bearer"}')
    if target == b"/posts" and request.startswith(b"POST"):
        return redirect(303, "/posts/1")
    if b"old-token-1" in request:
        return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    return answer('{"id": 1}')


async def test_a_post_that_was_taken_is_not_sent_again_when_its_result_is_refused(desk, renewing):
    async with Wire(provider) as wire:
        account = await renewing(wire.url)
        await desk.app.call(THE_APP, account, Request("POST", f"{wire.url}/posts", (), b"{}"))

    assert wire.targets.count("/posts") == 1


async def test_a_post_that_was_refused_is_sent_again_with_new_credentials(desk, renewing):
    async with Wire(provider) as wire:
        account = await renewing(wire.url)
        request = Request("POST", f"{wire.url}/other posts", (), b"{}")
        _, got = await desk.app.call(THE_APP, account, request)

    assert wire.targets == ["/other%20posts", "/token", "/other%20posts"]
    assert got.status == 200


async def test_an_answer_nested_without_end_ends_the_run(desk, account_at):
    async with Wire(answer("[" * 100_000)) as wire:
        account = await account_at(wire.url)
        view, _ = await desk.app.call(THE_APP, account, Request("POST", f"{wire.url}/", (), b"{}"))

    assert view.run.status == "done"
    assert [effect.state for effect in view.effects] == ["answered"]


@pytest.mark.parametrize("where", ["url", "header"])
async def test_half_a_character_is_sent_nowhere_and_told(desk, account_at, where):
    half = "\ud800"
    async with Wire(answer("{}")) as wire:
        account = await account_at(wire.url)
        url = f"{wire.url}/{half if where == 'url' else ''}"
        headers = (("X-A", half),) if where == "header" else ()
        view, got = await desk.app.call(THE_APP, account, Request("POST", url, headers, b"{}"))

    assert got is None
    assert view.run.status == "failed"
    assert [effect.state for effect in view.effects] == ["refused"]
    assert wire.requests == []
