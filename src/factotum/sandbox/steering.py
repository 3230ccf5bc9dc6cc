"""Consenting without a browser, for tests and the demo: the same checks, and no page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from factotum.sandbox import oauth1, oauth2
from factotum.sandbox.model import User
from factotum.sandbox.oauth1_validator import OUT_OF_BAND, live_request_token

if TYPE_CHECKING:
    from factotum.sandbox.state import State


class CannotConsent(Exception):
    """The address is not one of a consent page, or what it asks for is not in order."""


def consent(state: State, authorize_url: str, user: User | None) -> dict[str, str]:
    """Answer a consent page for a user, None to say no; gives ``location`` or ``pin``."""
    parts = urlsplit(authorize_url)
    if parts.path == "/i/oauth2/authorize":
        return _oauth2(state, parts.query, user)
    if parts.path in ("/oauth/authorize", "/oauth/authenticate"):
        return _oauth1(state, parse_qs(parts.query).get("oauth_token", [""])[0], user)
    raise CannotConsent("That is not the address of a consent page.")


def _oauth1(state: State, oauth_token: str, user: User | None) -> dict[str, str]:
    token = live_request_token(state, oauth_token)
    if token is None or token.user_id:
        raise CannotConsent("That request token is unknown, used or expired.")
    if user is None:
        return {"location": oauth1.deny(state, token)}
    answer = oauth1.allow(state, token, user)
    return {"pin": answer} if token.callback == OUT_OF_BAND else {"location": answer}


def _oauth2(state: State, query: str, user: User | None) -> dict[str, str]:
    uri = f"https://sandbox/i/oauth2/authorize?{query}"
    try:
        asked = oauth2.asked(state, uri)
    except oauth2.BadRedirect as error:
        raise CannotConsent(str(error)) from error
    except oauth2.SentBack as error:
        return {"location": error.location}
    return {"location": oauth2.allow(state, uri, asked, user) if user else oauth2.deny(asked)}
