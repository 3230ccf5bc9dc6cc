"""A person outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.core.fields import Fields, Link, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("contact")
class Contact(RecordType):
    """Somebody we talk to."""

    key: ClassVar[str] = "contact"
    full_id: ClassVar[str] = "cerberusweb.contexts.contact"
    label: ClassVar[str] = "Contact"
    plural: ClassVar[str] = "Contacts"
    aliases: ClassVar[tuple[str, ...]] = ("contacts",)
    label_field: ClassVar[str] = "first_name"
    fields: ClassVar[Fields] = Fields(
        Text(key="first_name", label="First name", required=True),
        Text(key="last_name", label="Last name"),
        Text(key="title", label="Title"),
        Text(key="email", label="Email"),
        Text(key="phone", label="Phone"),
        Text(key="location", label="Location"),
        Text(key="language", label="Language"),
        Text(key="timezone", label="Time zone"),
        Link(key="org_id", label="Organization", to="org"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "first_name",
        "firstName": "first_name",
        "lastName": "last_name",
        "email": "email",
        "phone": "phone",
        "org.id": "org_id",
    }

    @classmethod
    def label_of(cls, values: Mapping[str, Any]) -> str:
        """First and last name."""
        return f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
