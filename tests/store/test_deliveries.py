"""Deliveries of webhooks: one of each, whoever comes at the same time."""

import asyncio
import time
from dataclasses import replace

import pytest

from factotum.runs.run import Run
from factotum.store import models as tables
from factotum.store.deliveries import StoredDeliveries
from factotum.store.runs_store import RunsStore
from factotum.usecases.deliveries import Delivery, RefusedDelivery
from factotum.usecases.webhook_call import WebhookReply

FIRST = Delivery(listener_id=1, delivery_id="d-1", run_id="a" * 32, received_at=100.0)
REPLY = WebhookReply(201, (("x-é", "ü"), ("content-type", "a/b")), b"\x00\xff")


def run_of(delivery):
    return Run(delivery.run_id, "Hook", "webhook", "attended", "running", delivery.received_at)


@pytest.mark.django_db
def test_the_first_of_its_id_is_told_so_and_its_run_is_on_disk():
    kept = StoredDeliveries()

    assert kept.claim(FIRST, run_of(FIRST)) == (True, FIRST)
    assert RunsStore().get(FIRST.run_id).status == "running"


@pytest.mark.django_db
def test_the_same_again_is_the_first_one_and_begins_no_run():
    kept = StoredDeliveries()
    kept.claim(FIRST, run_of(FIRST))
    again = replace(FIRST, run_id="b" * 32, received_at=200.0)

    assert kept.claim(again, run_of(again)) == (False, replace(FIRST, repeats=1))
    assert kept.claim(again, None) == (False, replace(FIRST, repeats=2))
    assert RunsStore().get(again.run_id) is None


@pytest.mark.django_db
def test_another_webhook_has_deliveries_of_its_own():
    kept = StoredDeliveries()
    kept.claim(FIRST, None)

    assert kept.claim(replace(FIRST, listener_id=2, run_id="b" * 32), None)[0]
    assert kept.claim(replace(FIRST, delivery_id="1:d-1", run_id="c" * 32), None)[0]


@pytest.mark.django_db
def test_its_answer_is_kept_byte_for_byte():
    kept = StoredDeliveries()
    kept.claim(FIRST, None)
    assert kept.answer(FIRST) is None

    kept.record(FIRST, REPLY)

    assert kept.answer(FIRST) == REPLY
    assert kept.activity(1, 10).deliveries == [replace(FIRST, status=201)]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["\0", "\ud83d", "d" * 5000, "é'--", "%"])
def test_an_id_may_be_any_text(text):
    kept = StoredDeliveries()
    odd = replace(FIRST, delivery_id=text)

    assert kept.claim(odd, None)[0]
    assert not kept.claim(odd, None)[0]
    assert kept.claim(replace(odd, delivery_id=f"{text}1"), None)[0]
    assert len(kept.activity(1, 10).deliveries[0].delivery_id) <= 200


@pytest.mark.django_db
def test_refused_ones_are_counted_and_the_last_are_kept():
    kept = StoredDeliveries()
    told = [RefusedDelivery(float(at), "signature-wrong", "No.", "10.0.0.1") for at in range(12)]

    kept.refused(1, 2, told[:2])
    kept.refused(1, 1000, told[2:])

    activity = kept.activity(1, 10)
    assert activity.refused == 1002
    assert list(activity.last_refused) == told[2:]
    assert kept.activity(2, 10).refused == 0


@pytest.mark.django_db
def test_they_are_forgotten_after_a_time_and_with_their_webhook(store):
    kept = StoredDeliveries()
    hook = store.create("webhook_listener", {"name": "H", "guid": "g" * 20, "extension_id": "x"})
    kept.claim(replace(FIRST, listener_id=hook.id), None)
    kept.claim(replace(FIRST, listener_id=hook.id + 1, received_at=300.0), None)
    kept.claim(replace(FIRST, listener_id=hook.id, received_at=300.0, delivery_id="d-3"), None)
    kept.refused(hook.id, 1, [])

    assert kept.purge(200.0) == 1
    store.delete(hook.ref)
    assert tables.Delivery.objects.values_list("listener_id", flat=True).get() == hook.id + 1
    assert not tables.RefusedDeliveries.objects.filter(pk=hook.id).exists()


@pytest.mark.django_db(transaction=True)
async def test_of_many_at_once_one_is_the_first(threads):
    kept = StoredDeliveries()
    many = [
        replace(FIRST, run_id=f"{number:032x}", received_at=time.time()) for number in range(20)
    ]

    claims = await asyncio.gather(
        *(threads.run(kept.claim, delivery, run_of(delivery)) for delivery in many)
    )

    first = [delivery for is_first, delivery in claims if is_first]
    assert len(first) == 1
    assert {delivery.run_id for _, delivery in claims} == {first[0].run_id}
    assert await threads.run(tables.Run.objects.count) == 1
