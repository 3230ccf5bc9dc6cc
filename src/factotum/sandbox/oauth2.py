"""OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), granted by oauthlib's server side.

Every token that one consent led to belongs to one *family*; a code or refresh token that turns
up a second time was stolen or replayed, and the whole family dies.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2 import BearerToken as Issuer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors

from factotum.sandbox.model import App, User
from factotum.sandbox.oauth2_validator import Validator

if TYPE_CHECKING:
    from factotum.sandbox.oauth1 import Signed
    from factotum.sandbox.state import State


@dataclass(frozen=True)
class Asked:
    """What an authorization request asks for, once it is known to be in order."""

    app: App
    scopes: list[str]
    redirect_uri: str
    state: str


class BadRedirect(Exception):
    """The request cannot be answered to the app: who asks, or where to, is not certain."""


class SentBack(Exception):
    """The request is faulty in a way that the app is told; ``location`` is where."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def _want_state(request: Any) -> dict[str, Any]:
    if not request.state:
        raise oauth_errors.InvalidRequestError("Missing state parameter.", request=request)
    return {}


def _want_s256(request: Any) -> dict[str, Any]:
    if request.code_challenge is not None and request.code_challenge_method != "S256":
        raise oauth_errors.UnsupportedCodeChallengeMethodError(request=request)
    return {}


def _issuer(state: State) -> Any:
    return Issuer(
        Validator(state),
        token_generator=lambda _: secrets.token_urlsafe(48),
        expires_in=state.settings.access_token_lifetime,
        refresh_token_generator=lambda _: secrets.token_urlsafe(48),
    )


def _consent(state: State) -> Any:
    code = AuthorizationCodeGrant(Validator(state), pre_auth=[_want_state, _want_s256])
    return AuthorizationEndpoint("code", _issuer(state), {"code": code})


def asked(state: State, uri: str) -> Asked:
    """Read an authorization request; raises BadRedirect or SentBack where it is faulty."""
    try:
        scopes, found = _consent(state).validate_authorization_request(uri)
    except oauth_errors.FatalClientError as error:
        raise BadRedirect(error.description or error.error) from error
    except oauth_errors.OAuth2Error as error:
        raise SentBack(error.in_uri(error.redirect_uri)) from error
    except ValueError as error:  # oauthlib cannot read the query
        raise BadRedirect(str(error)) from error
    app = state.app_with_client_id(found["client_id"])
    if app is None:
        raise BadRedirect("Unknown client_id.")
    return Asked(app, scopes, found["redirect_uri"], found["state"])


def allow(state: State, uri: str, request: Asked, user: User) -> str:
    """Record a consent; gives the address to send the browser to."""
    headers, _, _ = _consent(state).create_authorization_response(
        uri, scopes=request.scopes, credentials={"user": user}
    )
    location: str = headers["Location"]
    return location


def deny(request: Asked) -> str:
    """Give the address that tells the app that somebody said no."""
    denied = oauth_errors.AccessDeniedError(state=request.state)
    location: str = denied.in_uri(request.redirect_uri)
    return location


def token(state: State, signed: Signed) -> tuple[dict[str, Any], int]:
    """Answer POST /2/oauth2/token: the JSON and its status."""
    validator = Validator(state)
    endpoint = TokenEndpoint(
        "authorization_code",
        _issuer(state),
        {
            "authorization_code": AuthorizationCodeGrant(validator),
            "refresh_token": RefreshTokenGrant(validator),
            "client_credentials": ClientCredentialsGrant(validator),
        },
    )
    return _answer(endpoint.create_token_response, signed)


def revoke(state: State, signed: Signed) -> tuple[dict[str, Any], int]:
    """Answer POST /2/oauth2/revoke: the JSON and its status."""
    body, status = _answer(RevocationEndpoint(Validator(state)).create_revocation_response, signed)
    return body or {"revoked": True}, status


def _answer(create: Any, signed: Signed) -> tuple[dict[str, Any], int]:
    uri, method, body, headers = signed.arguments()
    try:
        _, sent, status = create(uri, method, body, headers)
    except oauth_errors.OAuth2Error as error:
        sent, status = error.json, error.status_code
    except ValueError as error:
        return {"error": "invalid_request", "error_description": str(error)}, 400
    answer: dict[str, Any] = json.loads(sent) if sent else {}
    if answer.get("token_type") == "Bearer":
        answer["token_type"] = "bearer"
    return _in_the_words_of_x(answer), status


def _in_the_words_of_x(answer: dict[str, Any]) -> dict[str, Any]:
    """X calls a dead code or refresh token an invalid_request, where RFC 6749 has invalid_grant."""
    match answer.get("error"):
        case "invalid_grant":
            return {
                "error": "invalid_request",
                "error_description": "Value passed for the token was invalid.",
            }
        case "invalid_client":
            return {
                "error": "unauthorized_client",
                "error_description": "Missing valid authorization header",
            }
        case _:
            return answer
