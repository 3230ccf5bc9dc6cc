"""Whoever waits for a link they started hears at once when it came back and did not link."""

import pytest
from tests.linking.bench import ALICE, BOB, CALLBACK, consent

from factotum.core.errors import LinkFailed


async def test_nothing_is_told_while_the_person_decides(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)

    await bench.linking.check(ALICE, start.state)


async def test_a_denial_is_told_with_its_own_words(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    with pytest.raises(LinkFailed) as denied:
        await bench.linking.finish(ALICE, await consent(start.url, "deny"))

    with pytest.raises(LinkFailed) as told:
        await bench.linking.check(ALICE, start.state)

    assert told.value.code == "consent-denied"
    assert told.value.sentence == denied.value.sentence


async def test_a_link_that_worked_is_no_failure(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    await bench.linking.finish(ALICE, await consent(start.url))

    await bench.linking.check(ALICE, start.state)


async def test_somebody_elses_answer_ends_no_waiting(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    denial = await consent(start.url, "deny")
    with pytest.raises(LinkFailed):
        await bench.linking.finish(BOB, denial)

    await bench.linking.check(ALICE, start.state)


async def test_a_failed_link_stays_used_and_keeps_no_secret_of_the_scheme(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    kept = bench.links.get(start.state).kept
    denial = await consent(start.url, "deny")
    with pytest.raises(LinkFailed):
        await bench.linking.finish(ALICE, denial)

    with pytest.raises(LinkFailed) as again:
        await bench.linking.finish(ALICE, denial)

    assert again.value.code == "callback-replayed"
    assert not set(kept.values()) & set(bench.links.get(start.state).kept.values())


async def test_nobody_else_hears_of_it(bench, account):
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    with pytest.raises(LinkFailed):
        await bench.linking.finish(ALICE, await consent(start.url, "deny"))

    await bench.linking.check(BOB, start.state)
