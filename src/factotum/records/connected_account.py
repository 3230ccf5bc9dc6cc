"""An account at a service, whose credentials sign requests (cerb-compat, 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Choice, Fields, Json, Lines, Link, Moment, Text
from factotum.records.ownership import OWNER_ID, OWNER_TYPE
from factotum.records.record_type import RecordType, record_types

HEALTH = {
    "": "Not linked",
    "ready": "Has its keys, not used yet",
    "ok": "Linked",
    "failing": "Failing",
    "relink": "Needs to be linked again",
}


@record_types.add("connected_account")
class ConnectedAccount(RecordType):
    """``params`` may be shown (``user_id``, ``screen_name``); its secrets are sealed apart.

    Times are seconds since 1970, 0 where there is none. ``expires_at`` is the access token's.
    ``health`` is "" (without credentials), ready (with keys that were typed in, and not used yet), ok,
    failing or relink, with a reason for a person beside it.
    """

    key: ClassVar[str] = "connected_account"
    full_id: ClassVar[str] = "cerberusweb.contexts.connected_account"
    label: ClassVar[str] = "Connected Account"
    plural: ClassVar[str] = "Connected Accounts"
    aliases: ClassVar[tuple[str, ...]] = ("connected_accounts",)
    has_owner: ClassVar[bool] = True
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Link(key="service_id", label="Service", required=True, to="connected_service"),
        Text(key="uri", label="URI", help="A short name for scripts and the command line."),
        OWNER_TYPE,
        OWNER_ID,
        Json(key="params", label="Parameters"),
        Text(key="linked_as", label="Linked as"),
        Text(key="remote_id", label="Id at the service"),
        Moment(key="linked_at", label="Linked at"),
        Lines(key="scopes", label="Scopes"),
        Moment(key="expires_at", label="Expires at"),
        Choice(key="health", label="Health", options=HEALTH),
        Text(key="health_reason", label="Reason"),
        Moment(key="last_used_at", label="Last used at"),
        Text(key="picture", label="Picture"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "uri": "uri",
        "service.id": "service_id",
        "owner": "owner__context",
        "owner.id": "owner_id",
        "linkedAs": "linked_as",
        "health": "health",
    }
