"""A person who signs in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.core.fields import Fields, Flag, Text
from factotum.core.zones import is_zone, zone_fault
from factotum.records.record_type import RecordType, record_types


@record_types.add("worker")
class Worker(RecordType):
    """``name`` is what they sign in with; the password is no field and never leaves the store.

    Scripts read ``email`` as ``address_address`` too, which is the format's name for it.
    """

    key: ClassVar[str] = "worker"
    full_id: ClassVar[str] = "cerberusweb.contexts.worker"
    label: ClassVar[str] = "Worker"
    plural: ClassVar[str] = "Workers"
    aliases: ClassVar[tuple[str, ...]] = ("workers",)
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Sign-in name", required=True),
        Text(key="first_name", label="First name"),
        Text(key="last_name", label="Last name"),
        Text(key="email", label="Email"),
        Text(key="title", label="Title"),
        Flag(key="is_admin", label="Admin"),
        Flag(key="is_disabled", label="Disabled"),
        Text(
            key="timezone",
            label="Time zone",
            default="UTC",
            help="Such as Europe/Berlin. This person's bots read and write dates in it.",
        ),
        Text(key="language", label="Language", default="en"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "firstName": "first_name",
        "lastName": "last_name",
        "email": "email",
        "title": "title",
        "isAdmin": "is_admin",
        "isDisabled": "is_disabled",
        "timezone": "timezone",
        "language": "language",
    }

    @classmethod
    def faults(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Also a time zone that there is not."""
        found = super().faults(values)
        zone = str(values.get("timezone") or "")
        if "timezone" not in found and zone and not is_zone(zone):
            found["timezone"] = zone_fault(zone)
        return found

    @classmethod
    def as_scripts_read(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Whoever has no first name goes by the sign-in name: the format knows no worker without."""
        if values.get("first_name") or not values.get("name"):
            return values
        return {**values, "first_name": values["name"]}

    @classmethod
    def label_of(cls, values: Mapping[str, Any]) -> str:
        """First and last name, or the sign-in name where there is neither."""
        full = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
        return full or str(values.get("name") or "")
