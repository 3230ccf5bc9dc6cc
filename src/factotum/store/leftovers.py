"""What goes with a record when it is deleted, and what keeps it from being deleted."""

from __future__ import annotations

from collections.abc import Iterator

from factotum.core.errors import Refused
from factotum.core.values import Ref
from factotum.store.models import (
    Behavior,
    BotKey,
    ConnectedAccount,
    Conversation,
    Delivery,
    FileContent,
    Origin,
    PendingLink,
    RefreshLease,
    RefusedDeliveries,
    ScheduledRun,
)


def refuse_if_used(ref: Ref) -> None:
    """Refused where deleting would leave others without what they need."""
    if ref.type != "connected_service":
        return
    names = list(
        ConnectedAccount.objects.filter(service_id=ref.id).values_list("name", flat=True)[:4]
    )
    if names:
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        raise Refused(
            f"This service still has accounts ({shown}). Delete them first.", code="in-use"
        )


def parts(ref: Ref) -> Iterator[Ref]:
    """Records that cannot be without this one."""
    if ref.type == "bot":
        for pk in Behavior.objects.filter(bot_id=ref.id).values_list("pk", flat=True):
            yield Ref("behavior", pk)


def forget(ref: Ref) -> None:
    """Remove the rows that only speak of this record. Runs stay: they are history."""
    Origin.objects.filter(type=ref.type, record_id=ref.id).delete()
    match ref.type:
        case "connected_account":
            PendingLink.objects.filter(account_id=ref.id).delete()
            RefreshLease.objects.filter(account_id=ref.id).delete()
        case "behavior":
            ScheduledRun.objects.filter(behavior_id=ref.id).delete()
        case "bot":
            BotKey.objects.filter(bot_id=ref.id).delete()
            Conversation.objects.filter(bot_id=ref.id).delete()
        case "webhook_listener":
            Delivery.objects.filter(listener_id=ref.id).delete()
            RefusedDeliveries.objects.filter(listener_id=ref.id).delete()
        case "attachment":
            FileContent.objects.filter(attachment_id=ref.id).delete()
