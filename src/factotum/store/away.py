"""Whether an error of Django's is a database that cannot be used now."""

from __future__ import annotations

from django.db.utils import Error

from factotum.core.database_trouble import StoreAway, store_away


def known_trouble(error: BaseException | None) -> StoreAway | None:
    """The same as an error of ours; None for any other."""
    if isinstance(error, StoreAway):
        return error
    return store_away(error.__cause__) if isinstance(error, Error) else None
