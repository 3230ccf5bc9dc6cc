"""Which apps may use an account, and taking that away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factotum.sandbox.model import App, BearerToken, RefreshToken, User, UserToken
from factotum.sandbox.oauth2_validator import kill_family

if TYPE_CHECKING:
    from factotum.sandbox.state import State


def apps_of(state: State, user: User) -> list[App]:
    """Tell which apps hold a token of this user that could still be used."""
    held: list[UserToken | BearerToken | RefreshToken] = [
        *state.user_tokens.values(),
        *state.bearer_tokens.values(),
        *(token for token in state.refresh_tokens.values() if not token.used),
    ]
    wanted = {token.app_id for token in held if token.user_id == user.id}
    return [app for app in state.apps.values() if app.id in wanted]


def revoke(state: State, app: App, user: User) -> None:
    """Make every token worthless that a user ever gave to an app."""
    state.user_tokens = {
        key: token
        for key, token in state.user_tokens.items()
        if (token.app_id, token.user_id) != (app.id, user.id)
    }
    families = [
        token.family
        for table in (state.bearer_tokens, state.refresh_tokens)
        for token in table.values()
        if (token.app_id, token.user_id) == (app.id, user.id)
    ]
    for family in families:
        kill_family(state, family)
    state.save()
