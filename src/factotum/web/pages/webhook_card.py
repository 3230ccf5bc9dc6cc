"""A webhook's card: its address, how to set it up at the service, what came and what was turned away."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from factotum.core.errors import NotFound
from factotum.core.fields import Choice
from factotum.core.values import Actor, Record, Ref
from factotum.hooks.provider import Provider, described, providers
from factotum.records.record_type import record_types
from factotum.web.asking import app, result

SHOWN = 8  # deliveries, or runs where deliveries have no id


def context(actor: Actor, record: Record) -> dict[str, Any]:
    """What the card's template shows beside the record."""
    behavior = _behavior(actor, record)
    provider = providers().get(str(record.get("signed_by") or ""))
    activity = result(app().webhook_activity(actor, record.id, SHOWN))
    has_runs = behavior is not None and not activity.deliveries
    return {
        "behavior": behavior,
        "address": f"{settings.CONFIG.base_url}/webhooks/{record['guid']}",
        "answers": _label(record, "answer"),
        "provider": described(provider, record.values) if provider else None,
        "is_public": _is_public(provider),
        "secret_set_at": result(app().secrets_set_at(actor, record.ref)).get("signing_secret"),
        "activity": activity,
        "runs": _runs(actor, behavior) if behavior is not None and has_runs else (),
    }


def _behavior(actor: Actor, record: Record) -> Record | None:
    behavior_id = int((record.get("extension_params") or {}).get("behavior_id") or 0)
    try:
        return result(app().get(actor, Ref("behavior", behavior_id)))
    except NotFound:
        return None


def _runs(actor: Actor, behavior: Record) -> Any:
    return result(app().runs(actor, limit=SHOWN, behavior_id=behavior.id)).runs


def _label(record: Record, key: str) -> str:
    field = record_types[record.type].fields[key]
    options = field.options if isinstance(field, Choice) else {}
    return options.get(str(record.get(key) or field.default), "")


def _is_public(provider: Provider | None) -> bool:
    """Whether the address is one that this sender takes: X wants https, and no port."""
    base_url = str(settings.CONFIG.base_url)
    is_plain = base_url.startswith("https://") and ":" not in base_url.removeprefix("https://")
    return provider is None or provider.challenge != "crc" or is_plain
