"""A Facebook page, acted for with the token of a person who manages it.

https://developers.facebook.com/docs/pages-api/
"""

from __future__ import annotations

from typing import ClassVar

from factotum.auth.scheme import Unavailable, schemes
from factotum.core.fields import Fields, Link, Text


@schemes.add("wgm.facebook.pages.service.provider")
class FacebookPage(Unavailable):
    """Known by its fields; its accounts are kept as data."""

    key: ClassVar[str] = "wgm.facebook.pages.service.provider"
    label: ClassVar[str] = "Facebook page"
    unavailable: ClassVar[str] = "Signing for Facebook pages is not available yet."
    service_fields: ClassVar[Fields] = Fields()
    account_fields: ClassVar[Fields] = Fields(
        Link(
            key="connected_account_id",
            label="Facebook Account",
            required=True,
            to="connected_account",
        ),
        Text(key="page_id", label="Page ID"),
    )
