"""An address under ``/webhooks/<guid>`` that starts a behavior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Json, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("webhook_listener")
class WebhookListener(RecordType):
    """``extension_params`` is ``{"behavior_id": id}``; ``guid`` is unique, who knows it may call."""

    key: ClassVar[str] = "webhook_listener"
    full_id: ClassVar[str] = "cerberusweb.contexts.webhook_listener"
    label: ClassVar[str] = "Webhook"
    plural: ClassVar[str] = "Webhooks"
    aliases: ClassVar[tuple[str, ...]] = ("webhook_listeners", "webhooks", "webhook")
    is_for_admins: ClassVar[bool] = True
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="guid", label="GUID", required=True),
        Text(
            key="extension_id",
            label="Type",
            required=True,
            default="cerb.webhooks.listener.engine.va",
        ),
        Json(key="extension_params", label="Parameters"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "guid": "guid",
        "type": "extension_id",
    }
