"""Who an account is, from whatever a provider says about its person."""

from __future__ import annotations

from factotum.auth.answers import Answer

HANDLES = ("screen_name", "username", "login", "acct")
"""Names that people write with an ``@``."""
NAMES = ("user_name", "email", "display_name", "displayName", "name", "user", "team_name")
IDS = ("user_id", "id", "sub", "account_id", "authed_user_id", "uid", "bot_user_id", "team_id")
INSIDE = ("", "data_", "user_", "account_", "result_", "viewer_", "name_")
"""Where answers put it: at the top, or within ``{"data": {"username": …}}`` and the like."""


def who(answer: Answer) -> tuple[str, str]:
    """(``@name``, a name or an e-mail address; the provider's id), "" for what it does not tell."""
    handle = answer.text(*_places(HANDLES))
    name = f"@{handle.lstrip('@')}" if handle else answer.text(*_places(NAMES))
    return name, answer.text(*_places(IDS))


def _places(keys: tuple[str, ...]) -> list[str]:
    return [f"{above}{key}" for above in INSIDE for key in keys]
