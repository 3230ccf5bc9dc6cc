from __future__ import annotations

import pytest
from tests.linking.bench import ALICE, CALLBACK, OAUTH1, OAUTH2

from factotum.core.errors import NotFound, Refused, RelinkNeeded

BEARER = "cerb.service.provider.token.bearer"


async def test_typed_credentials_are_ready_at_once(bench):
    account = bench.account(bench.service(BEARER, {"token_name": "Bearer"}))
    bench.box.seal(account.ref, {"token": "s3cr3t"})
    credentials = await bench.keyring.credentials_for(account)
    assert credentials.account["token"] == "s3cr3t"
    assert credentials.service["token_name"] == "Bearer"


async def test_an_account_that_is_not_linked_says_what_to_do(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    with pytest.raises(RelinkNeeded) as needed:
        await bench.keyring.connection(account.id)
    assert needed.value.code == "not-linked"
    assert "link it" in needed.value.sentence
    typed = bench.account(bench.service(BEARER, {}))
    with pytest.raises(RelinkNeeded, match="enter its credentials"):
        await bench.keyring.connection(typed.id)


async def test_a_token_that_has_ended_and_cannot_be_renewed_says_so(bench, oauth2):
    account = bench.account(bench.service(OAUTH2, oauth2.register(CALLBACK)))
    bench.box.seal(account.ref, {"access_token": "t"})
    bench.store.update(account.ref, {"expires_at": bench.clock().timestamp + 30})
    assert (await bench.keyring.connection(account.id)).sealed["access_token"] == "t"
    bench.clock.offset = 31
    with pytest.raises(RelinkNeeded) as needed:
        await bench.keyring.connection(account.id)
    assert needed.value.code == "access-ended"


async def test_client_credentials_are_fetched_when_first_used(bench, oauth2):
    params = oauth2.register(CALLBACK) | {"grant_type": "client_credentials", "scope": ""}
    account = bench.account(bench.service(OAUTH2, params))
    assert (await bench.keyring.connection(account.id)).sealed["access_token"]


async def test_what_is_gone_or_disabled_is_told(bench):
    with pytest.raises(NotFound):
        await bench.keyring.connection(99)
    service = bench.service(BEARER, {}, is_disabled=True)
    with pytest.raises(Refused) as refused:
        await bench.keyring.connection(bench.account(service).id)
    assert refused.value.code == "service-disabled"


async def test_a_scheme_that_cannot_sign_yet_says_so(bench):
    account = bench.account(bench.service("wgm.facebook.pages.service.provider", {}))
    with pytest.raises(Refused) as refused:
        await bench.keyring.connection(account.id)
    assert refused.value.code == "not-available-yet"


async def test_hosts_are_those_of_the_services_urls(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    assert await bench.keyring.hosts_for(account) == (oauth1.base_url.removeprefix("http://"),)


async def test_hosts_that_were_listed_take_their_place(bench, oauth1):
    service = bench.service(OAUTH1, oauth1.register(CALLBACK), hosts=["api.example.com"])
    assert await bench.keyring.hosts_for(bench.account(service)) == ("api.example.com",)


async def test_an_accounts_own_address_is_one_of_its_hosts(bench):
    service = bench.service("cerb.service.provider.cerb.api.legacy", {})
    account = bench.account(service, params={"base_url": "https://cerb.example.com/rest/"})
    assert await bench.keyring.hosts_for(account) == ("cerb.example.com",)


async def test_after_a_401_newer_tokens_are_taken_or_made_but_not_over_and_over(bench, oauth2):
    account = bench.account(bench.service(OAUTH2, oauth2.register(CALLBACK)))
    await bench.link(account)
    used = await bench.keyring.connection(account.id)
    renewed = await bench.keyring.renewed(used)
    assert renewed.sealed["access_token"] != used.sealed["access_token"]
    assert (await bench.keyring.renewed(used)).sealed == renewed.sealed
    assert await bench.keyring.renewed(renewed) is None


async def test_after_a_401_there_is_nothing_to_renew_in_oauth_1(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    await bench.link(account)
    assert await bench.keyring.renewed(await bench.keyring.connection(account.id)) is None


async def test_after_a_401_a_refresh_that_fails_leaves_the_answer_as_it_was(bench, oauth2):
    account = bench.account(bench.service(OAUTH2, oauth2.register(CALLBACK)))
    await bench.link(account)
    used = await bench.keyring.connection(account.id)
    oauth2.memory.tokens.clear()
    assert await bench.keyring.renewed(used) is None
    assert bench.store.get(account.ref)["health"] == "relink"


async def test_unlinking_is_seen_at_once(bench, oauth1):
    account = bench.account(bench.service(OAUTH1, oauth1.register(CALLBACK)))
    await bench.link(account)
    await bench.keyring.connection(account.id)
    await bench.linking.unlink(ALICE, account.ref)
    with pytest.raises(RelinkNeeded):
        await bench.keyring.connection(account.id)


async def test_an_opened_account_is_used_again_until_something_changes(bench):
    service = bench.service(BEARER, {})
    account = bench.account(service)
    bench.box.seal(account.ref, {"token": "old"})
    await bench.keyring.connection(account.id)
    bench.box.seal(account.ref, {"token": "new"})
    assert (await bench.keyring.connection(account.id)).sealed["token"] == "old"
    bench.connections.forget_opened()
    assert (await bench.keyring.connection(account.id)).sealed["token"] == "new"
