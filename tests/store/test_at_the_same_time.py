"""What may happen once happens once, whoever else comes at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from factotum.linking.ports import Lease, PendingLink
from factotum.runs.run import Run
from factotum.store.attempts import AttemptCounter
from factotum.store.conversations import StoredConversations
from factotum.store.idempotency_keys import StoredIdempotencyKeys
from factotum.store.models import BehaviorRevision, DataKey, ScheduledRun, Worker
from factotum.store.pending_links import StoredPendingLinks
from factotum.store.records_store import RecordsStore
from factotum.store.refresh_leases import StoredRefreshLeases
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.store.secret_box import SealedBox
from factotum.store.signin_links import SignInLinks

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8


def all_at_once(work):
    """What ``work(number)`` gave each of eight threads that began together."""
    barrier = Barrier(MANY)

    def one(number):
        try:
            barrier.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_one_of_many_uses_a_sign_in_link():
    worker = Worker.objects.create_user("alice")
    links = SignInLinks()
    token = links.create(worker.pk, 0, 100)

    assert sorted(all_at_once(lambda _: links.take(token, 1) or 0)) == [0] * 7 + [worker.pk]


def test_of_many_attempts_no_more_are_allowed_than_the_limits_say():
    def attempt(number):
        ours = [("everywhere", ((3, 60.0),)), (f"at {number}", ((5, 60.0),))]
        return AttemptCounter().take(dict(ours if number % 2 else reversed(ours)))

    assert sum(all_at_once(attempt)) == 3


def test_one_of_many_takes_a_chats_turn():
    chats = StoredConversations()
    chat = chats.create(1, 1, "T")

    def run(number):
        return Run(f"run-{number}", "T", "chat", "attended", "running", 1.0)

    won = all_at_once(lambda number: chats.take_turn(chat.id, 0, run(number)))

    assert sum(won) == 1
    assert chats.get(chat.id).busy_run == f"run-{won.index(True)}"


def test_one_of_many_callbacks_takes_a_pending_link(root_key):
    links = StoredPendingLinks(root_key)
    links.save("state", PendingLink(1, None, "s", "c", {"verifier": "v"}, 0, 600))

    assert sum(all_at_once(lambda number: links.take("state", number))) == 1


def test_one_of_many_refreshes_an_account_and_the_others_are_told_who():
    leases = StoredRefreshLeases()

    claims = all_at_once(
        lambda number: leases.claim(Lease(5, f"holder-{number}", 100, "intended", 1), 1)
    )

    winner = [number for number, claim in enumerate(claims) if claim.is_ours]
    assert len(winner) == 1
    told = {claim.before.holder for claim in claims if not claim.is_ours}
    assert told == {f"holder-{winner[0]}"}


def test_one_of_many_takes_over_an_abandoned_refresh():
    leases = StoredRefreshLeases()
    leases.claim(Lease(5, "dead", 100, "intended", 1), 1)

    claims = all_at_once(
        lambda number: leases.claim(Lease(5, f"holder-{number}", 300, "intended", 200), 200)
    )

    assert [claim.before.holder for claim in claims if claim.is_ours] == ["dead"]


def test_many_with_one_key_get_one_run():
    keys = StoredIdempotencyKeys()

    claimed = all_at_once(lambda number: keys.claim("a", "k", "f", f"run-{number}"))

    assert len(set(claimed)) == 1


def test_a_run_wanted_first_is_wanted_once(store, bot):
    behavior = store.create("behavior", {"bot_id": bot.id, "title": "T"})

    all_at_once(lambda number: StoredScheduledRuns().add(behavior.id, number, "first", {}))

    assert ScheduledRun.objects.count() == 1


def test_a_record_gets_one_data_key_and_keeps_every_secret(box, account):
    all_at_once(lambda number: box.seal(account.ref, {f"field_{number}": str(number)}))

    assert DataKey.objects.count() == 1
    assert box.open(account.ref) == {f"field_{number}": str(number) for number in range(MANY)}


def test_no_change_of_a_record_is_lost(store, box):
    task = store.create("task", {"title": "T"})

    all_at_once(lambda number: store.update(task.ref, {f"custom_{number}": number}))

    kept = store.get(task.ref)
    assert {key: kept[key] for key in kept.values if key.startswith("custom_")} == {
        f"custom_{number}": number for number in range(MANY)
    }


def test_revisions_are_numbered_without_gap_or_repeat(store, bot, root_key):
    behavior = store.create("behavior", {"bot_id": bot.id, "title": "T"})

    def change(number):
        nodes = [{"type": "action", "title": str(number)}]
        RecordsStore(SealedBox(root_key)).update(behavior.ref, {"nodes": nodes})

    all_at_once(change)

    numbers = BehaviorRevision.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, MANY + 2))
    assert store.get(behavior.ref)["revision"] == MANY + 1


def test_only_one_of_many_gets_an_address(store):
    from factotum.core.errors import BadInput

    def create(number):
        try:
            store.create("webhook_listener", {"name": str(number), "guid": "same"})
        except BadInput as fault:
            return fault.code
        return "made"

    assert sorted(all_at_once(create)) == ["made"] + ["not-unique"] * 7
