"""Deliveries of webhooks: fulfils ``usecases.deliveries.Deliveries``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import F

from factotum.records.values import UNKEPT
from factotum.runs.run import Entry, Run
from factotum.store import models as tables
from factotum.store import run_rows
from factotum.usecases.deliveries import Delivery, RefusedDelivery, WebhookActivity
from factotum.usecases.webhook_call import WebhookReply

SHOWN = 200  # characters of a delivery's id that are kept to be read; the hash has all of it
LAST = 10  # refused ones that are kept of a webhook

_COLUMNS = ("listener_id", "delivery_id", "run_id", "received_at", "repeats", "status")


class StoredDeliveries:
    """A row a delivery. Its key is unique, so of two that come at once one finds the other's."""

    def claim(self, delivery: Delivery, run: Run | None) -> tuple[bool, Delivery]:
        """Whether it is the first of its id, with the one that was."""
        with transaction.atomic():
            try:
                with transaction.atomic():
                    _row(delivery).save(force_insert=True)
            except IntegrityError:
                return False, self._repeated(delivery)
            if run is not None:
                run_rows.put_runs([Entry(run, is_first=True)])
        return True, delivery

    def _repeated(self, delivery: Delivery) -> Delivery:
        rows = tables.Delivery.objects.filter(pk=_hash(delivery))
        rows.update(repeats=F("repeats") + 1)
        return Delivery(**rows.values(*_COLUMNS).get())

    def answer(self, delivery: Delivery) -> WebhookReply | None:
        """What it was answered, or None."""
        rows = tables.Delivery.objects.filter(pk=_hash(delivery), status__isnull=False)
        found = rows.values_list("status", "headers", "body").first()
        if found is None:
            return None
        status, headers, body = found
        pairs = tuple((str(name), str(value)) for name, value in headers)
        return WebhookReply(int(status or 0), pairs, bytes(body))

    def record(self, delivery: Delivery, reply: WebhookReply) -> None:
        """Keep its answer."""
        tables.Delivery.objects.filter(pk=_hash(delivery)).update(
            status=reply.status, headers=[list(pair) for pair in reply.headers], body=reply.body
        )

    def refused(self, listener_id: int, count: int, last: Sequence[RefusedDelivery]) -> None:
        """Add some that were turned away."""
        with transaction.atomic():
            tables.RefusedDeliveries.objects.bulk_create(
                [tables.RefusedDeliveries(listener_id=listener_id)], ignore_conflicts=True
            )
            row = tables.RefusedDeliveries.objects.select_for_update().get(pk=listener_id)
            row.count += count
            row.last = [*(asdict(one) for one in last), *row.last][:LAST]
            row.save()

    def activity(self, listener_id: int, limit: int) -> WebhookActivity:
        """What came lately."""
        rows = tables.Delivery.objects.filter(listener_id=listener_id).order_by("-received_at")
        refused = tables.RefusedDeliveries.objects.filter(pk=listener_id).first()
        return WebhookActivity(
            [Delivery(**row) for row in rows.values(*_COLUMNS)[:limit]],
            refused.count if refused else 0,
            [RefusedDelivery(**one) for one in refused.last] if refused else [],
        )

    def purge(self, before: float) -> int:
        """Forget deliveries that came before then; how many."""
        return tables.Delivery.objects.filter(received_at__lt=before).delete()[0]


def _row(delivery: Delivery) -> tables.Delivery:
    return tables.Delivery(
        hash=_hash(delivery),
        listener_id=delivery.listener_id,
        delivery_id=UNKEPT.sub("\ufffd", delivery.delivery_id)[:SHOWN],
        run_id=delivery.run_id,
        received_at=delivery.received_at,
    )


def _hash(delivery: Delivery) -> bytes:
    text = f"{delivery.listener_id}:{delivery.delivery_id}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
