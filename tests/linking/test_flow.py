"""The way to a linked account, and every way to fall off it: the account keeps what it had."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from tests.linking.bench import ADMIN, ALICE, BOB, CALLBACK, OAUTH1, OAUTH2, consent, sent_to
from tests.servers.loopback import Answered

from factotum.core.errors import LinkFailed, NotFound, Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.core.values import Actor, Ref


async def why(awaitable) -> str:
    """The code of the failure; its sentence must be one a person can read."""
    with pytest.raises(LinkFailed) as failed:
        await awaitable
    assert failed.value.sentence.endswith((".", "”"))
    return failed.value.code


async def test_consent_links_the_account(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK, return_to="/cards/x")
    assert not start.is_linked
    assert start.expires_at - bench.clock().timestamp == pytest.approx(600, abs=5)
    end = await bench.linking.finish(ALICE, await consent(start.url))
    assert end.return_to == "/cards/x"
    linked = end.account
    assert (linked["linked_as"], linked["remote_id"]) == ("@alice", "id-of-alice")
    assert (linked["health"], linked["health_reason"]) == ("ok", "")
    assert linked["linked_at"] == pytest.approx(bench.clock().timestamp, abs=5)


async def test_a_linked_account_signs_what_the_provider_takes(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    await bench.link(account)
    connection = await bench.keyring.connection(account.id)
    options = SendOptions(hosts=connection.hosts, sign=connection.signer(bench.clock))
    response = await bench.door.send(Request("GET", f"{oauth1.base_url}/api/me?a=b%20c"), options)
    assert (response.status, response.json()["user"]) == (200, "alice")


async def test_no_secret_is_among_the_values_that_are_shown(bench, account):
    record = (await bench.link(account)).account
    secrets = bench.box.open(account.ref)
    assert secrets
    for value in secrets.values():
        assert value not in str(record.values)


async def test_scopes_and_expiry_are_kept(bench, oauth2):
    account = bench.account(bench.service(OAUTH2, oauth2.register(CALLBACK)))
    linked = (await bench.link(account)).account
    assert linked["scopes"] == ["tweet.read", "users.read", "offline.access"]
    assert linked["expires_at"] - bench.clock().timestamp == pytest.approx(7200, abs=5)
    assert set(bench.box.open(account.ref)) == {"access_token", "refresh_token"}


async def test_linking_again_leaves_nothing_of_the_old_credentials(bench, account):
    bench.box.seal(account.ref, {"left_over": "from before"})
    await bench.link(account)
    first = bench.box.open(account.ref)
    await bench.link(account)
    second = bench.box.open(account.ref)
    assert "left_over" not in first
    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())


@pytest.mark.parametrize(
    "params", [{}, {"state": "x", "code": "y"}, {"oauth_token": "x"}, {"denied": "x"}]
)
async def test_it_refuses_a_forged_callback(bench, account, params):
    await bench.link(account)
    before = bench.held(account)
    await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert await why(bench.linking.finish(ALICE, params)) == "callback-forged"
    assert bench.held(account) == before


async def test_it_refuses_a_replayed_callback(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    await bench.linking.finish(ALICE, callback)
    before = bench.held(account)
    assert await why(bench.linking.finish(ALICE, callback)) == "callback-replayed"
    assert bench.held(account) == before


async def test_of_two_callbacks_at_once_one_links(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    ends = await asyncio.gather(
        *(bench.linking.finish(ALICE, callback) for _ in range(5)), return_exceptions=True
    )
    failures = [end.code for end in ends if isinstance(end, LinkFailed)]
    assert failures == ["callback-replayed"] * 4


async def test_it_refuses_another_persons_callback_and_leaves_it_usable(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    assert await why(bench.linking.finish(BOB, callback)) == "callback-not-yours"
    assert await why(bench.linking.finish(ADMIN, callback)) == "callback-not-yours"
    assert (await bench.linking.finish(ALICE, callback)).account["health"] == "ok"


async def test_a_link_begun_on_the_command_line_comes_back_in_an_admins_browser(bench, account):
    start = await bench.linking.start(account.ref, Actor.app("cli"), CALLBACK)
    callback = await consent(start.url)
    assert await why(bench.linking.finish(ALICE, callback)) == "callback-not-yours"
    assert (await bench.linking.finish(ADMIN, callback)).account["health"] == "ok"


async def test_it_refuses_an_expired_callback(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    bench.clock.offset = 601
    assert await why(bench.linking.finish(ALICE, callback)) == "callback-expired"
    assert bench.held(account) == (account, {})


async def test_old_pending_links_are_forgotten_in_time(bench, oauth2):
    account = bench.account(bench.service(OAUTH2, oauth2.register(CALLBACK)))
    old = await bench.linking.start(account.ref, ALICE, CALLBACK)
    bench.clock.offset = 25 * 3600
    new = await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert bench.links.get(old.state) is None
    assert bench.links.get(new.state) is not None


async def test_it_tells_a_denial(bench, account):
    await bench.link(account)
    before = bench.held(account)
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    denial = await consent(start.url, "deny")
    assert await why(bench.linking.finish(ALICE, denial)) == "consent-denied"
    assert bench.held(account) == before


async def test_a_callback_without_its_code_links_nothing(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    bare = {"state": start.state, "oauth_token": start.state}
    assert await why(bench.linking.finish(ALICE, bare)) == "verifier-missing"


async def test_a_wrong_secret_is_told(bench, account):
    service = bench.store.get(Ref("connected_service", account["service_id"]))
    bench.box.seal(service.ref, {"client_secret": "wrong"})
    with pytest.raises(LinkFailed) as failed:
        await bench.link(account)
    assert failed.value.code == "wrong-client-secret"
    assert bench.held(account) == (account, {})


async def test_a_callback_address_that_is_not_registered_is_told(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register("https://other.example/")))
    with pytest.raises(LinkFailed) as failed:
        await bench.link(account)
    assert failed.value.code == "callback-not-approved"
    assert CALLBACK in failed.value.sentence


async def test_a_dead_provider_is_told(bench, oauth1):
    params = oauth1.register(CALLBACK) | {
        "request_token_url": "http://127.0.0.1:9/oauth/request_token"
    }
    account = bench.account(bench.service(OAUTH1, params))
    assert await why(bench.linking.start(account.ref, ALICE, CALLBACK)) == "no-connection"


async def test_a_provider_that_answers_with_a_web_page_is_told(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    oauth1.fail_next("/oauth/request_token", Answered(200, "<html>Hello</html>"))
    assert await why(bench.linking.start(account.ref, ALICE, CALLBACK)) == "provider-garbage"


async def test_a_provider_inside_the_network_is_not_asked(bench, oauth1):
    params = oauth1.register(CALLBACK) | {"request_token_url": "http://169.254.169.254/token"}
    account = bench.account(bench.service(OAUTH1, params))
    assert await why(bench.linking.start(account.ref, ALICE, CALLBACK)) == "private-address"


async def test_secrets_follow_no_redirect(bench, oauth1, oauth2):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    oauth1.fail_next(
        "/oauth/request_token", Answered(307, "", {"Location": f"{oauth2.base_url}/token"})
    )
    assert await why(bench.linking.start(account.ref, ALICE, CALLBACK)) == "wrong-address"
    assert oauth2.asked == []


async def test_someone_else_is_not_linked_by_mistake(bench, account):
    await bench.link(account)
    before = bench.held(account)
    with pytest.raises(LinkFailed) as failed:
        await bench.link(account, user="mallory")
    assert failed.value.code == "other-person"
    assert "@alice" in failed.value.sentence
    assert "@mallory" in failed.value.sentence
    assert bench.held(account) == before


async def test_someone_else_is_linked_where_that_was_confirmed(bench, account):
    await bench.link(account)
    start = await bench.linking.start(account.ref, ALICE, CALLBACK, another_person=True)
    end = await bench.linking.finish(ALICE, await consent(start.url, user="carol"))
    assert end.account["linked_as"] == "@carol"


async def test_it_links_also_where_the_provider_does_not_tell_who(bench, oauth2):
    params = oauth2.register(CALLBACK)
    account = bench.account(bench.service(OAUTH2, params))
    oauth2.fail_next("/me", Answered(500, "down"))
    assert (await bench.link(account)).account["health"] == "ok"
    unreached = bench.account(
        bench.service(OAUTH2, params | {"resource_owner_url": "http://127.0.0.1:9/me"})
    )
    assert (await bench.link(unreached)).account["health"] == "ok"
    silent = bench.account(bench.service(OAUTH2, params | {"resource_owner_url": ""}))
    assert (await bench.link(silent)).account["linked_as"] == ""


async def test_client_credentials_need_nobody(bench, oauth2):
    params = oauth2.register(CALLBACK) | {"grant_type": "client_credentials", "scope": ""}
    account = bench.account(bench.service(OAUTH2, params))
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert (start.is_linked, start.url) == (True, "")
    assert bench.store.get(account.ref)["health"] == "ok"


async def test_the_address_is_pasted_where_the_callback_cannot_arrive(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    address = await sent_to(start.url)
    end = await bench.linking.paste(ALICE, account.ref, f"  {address[:40]}\n{address[40:]} ")
    assert end.account["linked_as"] == "@alice"


async def test_its_query_alone_is_enough(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    query = urlencode(await consent(start.url))
    assert (await bench.linking.paste(ALICE, account.ref, query)).account["health"] == "ok"


async def test_the_consent_pages_address_is_not_taken_for_the_callback(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert await why(bench.linking.paste(ALICE, account.ref, start.url)) == "not-a-callback"
    again = await consent(start.url)
    assert (await bench.linking.finish(ALICE, again)).account["health"] == "ok"


async def test_an_address_pasted_at_another_account_does_not_link_it(bench, account):
    service = bench.store.get(Ref("connected_service", account["service_id"]))
    other = bench.account(service)
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    address = await sent_to(start.url)
    assert await why(bench.linking.paste(ALICE, other.ref, address)) == "callback-other-account"
    assert (await bench.linking.paste(ALICE, account.ref, address)).account["health"] == "ok"


async def test_a_pin_links_where_one_was_asked_for(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    start = await bench.linking.start(account.ref, ALICE, "oob")
    await sent_to(start.url)
    pin = oauth1.memory.request_tokens[start.state].verifier
    assert (await bench.linking.paste(ALICE, account.ref, f" {pin}\n")).account["health"] == "ok"


async def test_a_wrong_pin_is_told(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    start = await bench.linking.start(account.ref, ALICE, "oob")
    await sent_to(start.url)
    with pytest.raises(LinkFailed) as failed:
        await bench.linking.paste(ALICE, account.ref, "0000000")
    assert failed.value.code in {"verifier-wrong", "link-expired", "wrong-client-secret"}
    assert bench.held(account) == (account, {})


async def test_a_pin_is_not_taken_where_an_address_is_waited_for(bench, account):
    assert await why(bench.linking.paste(ALICE, account.ref, "1234567")) == "nothing-pending"
    await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert await why(bench.linking.paste(ALICE, account.ref, "1234567")) == "pin-not-expected"


async def test_only_who_may_change_an_account_links_it(bench, account):
    with pytest.raises(NotFound):
        await bench.linking.start(account.ref, BOB, CALLBACK)
    service = bench.store.get(Ref("connected_service", account["service_id"]))
    shared = bench.account(service, owner__context="app", owner_id=0)
    for verb in (
        bench.linking.start(shared.ref, BOB, CALLBACK),
        bench.linking.unlink(BOB, shared.ref),
    ):
        with pytest.raises(Refused) as refused:
            await verb
        assert refused.value.code == "not-allowed"


async def test_who_lost_the_account_meanwhile_does_not_link_it(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    bench.store.update(account.ref, {"owner_id": BOB.worker_id})
    with pytest.raises(NotFound):
        await bench.linking.finish(ALICE, callback)


async def test_a_service_of_another_type_meanwhile_is_not_linked(bench, account, oauth1, oauth2):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    service = bench.store.get(Ref("connected_service", account["service_id"]))
    other = OAUTH2 if service["extension_id"] == OAUTH1 else OAUTH1
    bench.store.update(service.ref, {"extension_id": other})
    assert await why(bench.linking.finish(ALICE, callback)) == "callback-expired"


@pytest.mark.parametrize(
    ("extension_id", "values", "code"),
    [
        ("cerb.service.provider.http.basic", {}, "not-linkable"),
        (OAUTH1, {}, "service-incomplete"),
        (OAUTH1, {"is_disabled": True}, "service-disabled"),
        ("wgm.unheard.of", {}, "unknown-provider"),
        ("wgm.facebook.pages.service.provider", {}, "not-available-yet"),
    ],
)
async def test_what_cannot_be_linked_says_why(bench, extension_id, values, code):
    service = bench.store.create(
        "connected_service", {"name": "Odd", "extension_id": extension_id, **values}
    )
    account = bench.account(service)
    with pytest.raises(Refused) as refused:
        await bench.linking.start(account.ref, ALICE, CALLBACK)
    assert refused.value.code == code


async def test_unlinking_forgets_the_credentials_and_who_it_was(bench, account):
    await bench.link(account)
    record = await bench.linking.unlink(ALICE, account.ref)
    assert bench.box.open(account.ref) == {}
    assert record == replace(account, label=record.label)
    assert (await bench.link(account, user="carol")).account["linked_as"] == "@carol"


async def test_a_write_that_fails_leaves_the_old_link_whole(bench, account):
    await bench.link(account)
    before = bench.held(account)
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    callback = await consent(start.url)
    bench.store.fail_after = 0
    with pytest.raises(OSError, match="full"):
        await bench.linking.finish(ALICE, callback)
    assert bench.held(account) == before


async def test_nothing_secret_is_in_a_representation(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    pending = bench.links.get(start.state)
    assert start.state not in repr(start).replace(start.url, "")
    assert all(value not in repr(pending) for value in pending.kept.values() if len(value) > 3)
    connection = bench.connections.open(account.id)
    assert all(secret not in repr(connection) for secret in connection.secrets)
