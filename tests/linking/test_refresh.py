"""One refresh ever for an account, and a journal that tells what a crash has left."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from tests.linking.bench import CALLBACK, OAUTH2, Bench
from tests.servers.loopback import Answered
from tests.servers.oauth2_provider import OAuth2Provider

from factotum.core.errors import NoAnswer, Refused, RelinkNeeded, RetryLater
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.core.values import Ref
from factotum.linking import refresh
from factotum.linking.refresh import LEASE_SECONDS


class Crash(BaseException):
    """The process is gone: nothing after this point happens."""


@pytest.fixture
def provider():
    """Its tokens live 30 seconds, so each use of one begins with a refresh."""
    with OAuth2Provider(lifetime=30) as opened:
        yield opened


@pytest.fixture
async def linked(bench, provider):
    account = bench.account(bench.service(OAUTH2, provider.register(CALLBACK)))
    await bench.link(account)
    bench.leases.history.clear()
    return bench.connections.open(account.id)


def refreshes(provider: OAuth2Provider) -> int:
    asked = [asked for asked in provider.asked if asked.path == "/token"]
    return sum(asked.form["grant_type"] == "refresh_token" for asked in asked)


def phases(bench: Bench) -> list[str]:
    return [phase for _, phase in bench.leases.history]


def token(bench: Bench, account_id: int) -> str:
    return bench.box.open(Ref("connected_account", account_id))["access_token"]


def crash_at(bench: Bench, phase: str) -> None:
    """The process dies just before this phase is written down."""
    mark = bench.leases.mark

    def crashing(account_id, holder, marked, note=""):
        if marked == phase:
            bench.leases.mark = mark
            raise Crash
        return mark(account_id, holder, marked, note)

    bench.leases.mark = crashing


async def crashed_refresh(bench: Bench, stale) -> None:
    with contextlib.suppress(Crash):
        await bench.refresher._take_turn(stale)


async def test_an_expiring_token_is_refreshed_before_it_is_used(bench, provider, linked):
    connection = await bench.keyring.connection(linked.account.id)
    assert connection.sealed["access_token"] != linked.sealed["access_token"]
    assert connection.sealed["refresh_token"] != linked.sealed["refresh_token"]
    options = SendOptions(hosts=connection.hosts, sign=connection.signer(bench.clock))
    assert (await bench.door.send(Request("GET", f"{provider.base_url}/x"), options)).status == 200
    assert phases(bench) == ["intended", "answered", "saved"]


async def test_who_it_is_and_the_rest_stay_as_they_were(bench, linked):
    connection = await bench.keyring.connection(linked.account.id)
    for key in ("linked_as", "remote_id", "linked_at", "scopes", "name"):
        assert connection.account[key] == linked.account[key]


async def test_many_at_once_make_one_refresh(bench, provider, linked):
    connections = await asyncio.gather(
        *(bench.keyring.connection(linked.account.id) for _ in range(20))
    )
    assert refreshes(provider) == 1
    assert {connection.sealed["access_token"] for connection in connections} == {
        token(bench, linked.account.id)
    }


async def test_several_processes_at_once_make_one_refresh(bench, provider, linked):
    processes = [bench.process() for _ in range(4)]
    for _, keyring in processes:  # each has read the same old tokens
        keyring._connections.open(linked.account.id)
    stale = linked
    connections = await asyncio.gather(
        *(refresher.refreshed(stale) for refresher, _ in processes for _ in range(3))
    )
    assert refreshes(provider) == 1
    assert len({connection.sealed["access_token"] for connection in connections}) == 1


async def test_who_comes_late_takes_the_new_tokens_and_asks_nobody(bench, provider, linked):
    await bench.refresher.refreshed(linked)
    again = await bench.refresher.refreshed(linked)
    assert refreshes(provider) == 1
    assert again.sealed["access_token"] == token(bench, linked.account.id)


async def test_a_caller_who_gives_up_does_not_stop_a_refresh(bench, provider, linked):
    waiting = asyncio.create_task(bench.refresher.refreshed(linked))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    connection = await bench.refresher.refreshed(linked)
    assert connection.sealed["access_token"] == token(bench, linked.account.id)
    assert phases(bench) == ["intended", "answered", "saved"]


async def test_a_crash_between_answer_and_save_is_known_and_told(bench, provider, linked):
    crash_at(bench, "saved")
    await crashed_refresh(bench, linked)
    assert bench.leases.rows[linked.account.id].phase == "answered"
    assert token(bench, linked.account.id) == linked.sealed["access_token"]
    bench.clock.offset = LEASE_SECONDS + 1
    _, keyring = bench.process()
    with pytest.raises(RelinkNeeded) as dead:
        await keyring.connection(linked.account.id)
    assert "got new tokens, but was cut off before they were saved" in dead.value.sentence
    record = bench.store.get(linked.account.ref)
    assert (record["health"], record["health_reason"]) == ("relink", dead.value.sentence)


async def test_a_crash_before_the_answer_was_noted_is_told_too(bench, provider, linked):
    crash_at(bench, "answered")
    await crashed_refresh(bench, linked)
    bench.clock.offset = LEASE_SECONDS + 1
    with pytest.raises(RelinkNeeded, match="before it was known whether new tokens"):
        await bench.process()[1].connection(linked.account.id)


async def test_a_crash_before_the_request_left_costs_nothing(bench, provider, linked):
    class DyingDoor:
        async def send(self, request, options):
            raise Crash

    bench.refresher._sender = DyingDoor()
    await crashed_refresh(bench, linked)
    assert phases(bench) == ["intended"]
    bench.clock.offset = LEASE_SECONDS + 1
    connection = await bench.process()[1].connection(linked.account.id)
    assert connection.sealed["access_token"] != linked.sealed["access_token"]
    assert connection.account["health"] == "ok"


async def test_while_another_process_refreshes_nobody_else_does(bench, provider, linked):
    crash_at(bench, "saved")
    await crashed_refresh(bench, linked)  # its lease runs on
    refresher, _ = bench.process()
    waiting = asyncio.create_task(refresher.refreshed(linked))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    assert refreshes(provider) == 1
    waiting.cancel()
    task = next(iter(refresher._under_way.values()))
    task.cancel()
    await asyncio.gather(waiting, task, return_exceptions=True)


async def test_a_database_that_is_busy_does_not_lose_the_tokens(bench, linked):
    update, failures = bench.store.update, [OSError("locked"), OSError("locked")]

    def busy(ref, values):
        if failures:
            raise failures.pop()
        return update(ref, values)

    bench.store.update = busy
    connection = await bench.refresher.refreshed(linked)
    assert connection.sealed["access_token"] == token(bench, linked.account.id)
    assert not failures


async def test_a_journal_that_cannot_be_written_does_not_lose_them_either(bench, linked):
    mark = bench.leases.mark

    def broken(account_id, holder, phase, note=""):
        if phase == "answered":
            raise OSError("locked")
        return mark(account_id, holder, phase, note)

    bench.leases.mark = broken
    connection = await bench.refresher.refreshed(linked)
    assert connection.sealed["access_token"] == token(bench, linked.account.id)


async def test_a_lease_that_does_not_end_is_not_waited_for_for_ever(bench, linked, monkeypatch):
    crash_at(bench, "saved")
    await crashed_refresh(bench, linked)
    monkeypatch.setattr(refresh, "LEASE_SECONDS", -0.9)
    with pytest.raises(RetryLater) as later:
        await bench.process()[0].refreshed(linked)
    assert later.value.code == "refresh-busy"


async def test_tokens_that_another_process_saved_meanwhile_are_taken_not_condemned(
    bench, provider, linked
):
    class SlowDoor:
        async def send(self, request, options):
            bench.box.seal(linked.account.ref, {"access_token": "from the other process"})
            provider.memory.tokens.clear()
            return await bench.door.send(request, options)

    bench.refresher._sender = SlowDoor()
    connection = await bench.refresher.refreshed(linked)
    assert connection.sealed["access_token"] == "from the other process"
    assert connection.account["health"] == "ok"


async def test_a_token_that_the_provider_no_longer_takes_means_linking_again(
    bench, provider, linked
):
    provider.memory.tokens.clear()
    with pytest.raises(RelinkNeeded) as dead:
        await bench.keyring.connection(linked.account.id)
    assert "cut off" not in dead.value.sentence
    assert bench.store.get(linked.account.ref)["health"] == "relink"
    assert phases(bench)[-1] == "failed"


async def test_linking_again_heals_the_account(bench, provider, linked):
    provider.memory.tokens.clear()
    with pytest.raises(RelinkNeeded):
        await bench.keyring.connection(linked.account.id)
    record = (await bench.link(linked.account)).account
    assert (record["health"], record["health_reason"]) == ("ok", "")


async def test_while_the_provider_is_down_a_token_that_still_lives_is_used(bench, provider, linked):
    provider.fail_next("/token", Answered(503, "down"))
    connection = await bench.keyring.connection(linked.account.id)
    assert connection.sealed == linked.sealed
    assert connection.account["health"] == "ok"


async def test_while_the_provider_is_down_a_token_that_has_ended_waits(bench, provider, linked):
    provider.fail_next("/token", Answered(503, "down", {"Retry-After": "17"}))
    bench.clock.offset = 31
    with pytest.raises(RetryLater) as later:
        await bench.keyring.connection(linked.account.id)
    assert later.value.after == 17
    assert bench.store.get(linked.account.ref)["health"] == "ok"
    assert (await bench.keyring.connection(linked.account.id)).sealed != linked.sealed


async def test_no_answer_is_written_down_as_unknown(bench, provider, linked):
    class CutDoor:
        async def send(self, request, options):
            raise NoAnswer("It was cut.", sent=True, code="connection-cut")

    bench.refresher._sender = CutDoor()
    with pytest.raises(RetryLater):
        await bench.refresher.refreshed(linked)
    assert phases(bench) == ["intended", "unknown"]
    bench.refresher._sender = bench.door
    provider.memory.tokens.clear()
    with pytest.raises(RelinkNeeded, match="got no answer, so new tokens may have been given"):
        await bench.refresher.refreshed(linked)


async def test_a_wrong_client_secret_is_the_services_fault_and_said_so(bench, provider, linked):
    bench.box.seal(linked.service.ref, {"client_secret": "wrong"})
    bench.clock.offset = 31
    with pytest.raises(Refused) as refused:
        await bench.keyring.connection(linked.account.id)
    assert refused.value.code == "wrong-client-secret"
    assert bench.store.get(linked.account.ref)["health"] == "failing"


async def test_an_account_deleted_meanwhile_is_not_brought_back(bench, provider, linked):
    deleted = False

    class DeletingDoor:
        async def send(self, request, options):
            nonlocal deleted
            deleted = True
            bench.store.delete(linked.account.ref)
            return await bench.door.send(request, options)

    bench.refresher._sender = DeletingDoor()
    with pytest.raises(Exception, match="There is no"):
        await bench.refresher.refreshed(linked)
    assert deleted
    assert bench.store.get(linked.account.ref) is None
