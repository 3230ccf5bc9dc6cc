"""An organization outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("org")
class Org(RecordType):
    """A company or another body that contacts belong to."""

    key: ClassVar[str] = "org"
    full_id: ClassVar[str] = "cerberusweb.contexts.org"
    label: ClassVar[str] = "Organization"
    plural: ClassVar[str] = "Organizations"
    aliases: ClassVar[tuple[str, ...]] = ("orgs", "organization", "organizations")
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="email", label="Email"),
        Text(key="phone", label="Phone"),
        Text(key="website", label="Website"),
        Text(key="street", label="Street"),
        Text(key="city", label="City"),
        Text(key="province", label="State or province"),
        Text(key="postal", label="Postal code"),
        Text(key="country", label="Country"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "email": "email",
        "city": "city",
        "country": "country",
    }
