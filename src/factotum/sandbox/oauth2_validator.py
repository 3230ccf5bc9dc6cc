# ruff: noqa: D102  # oauthlib documents the questions it asks
"""What oauthlib asks while it grants OAuth 2.0, answered from the sandbox's state."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from oauthlib.oauth2 import RequestValidator

from factotum.sandbox.model import App, BearerToken, Code, RefreshToken

if TYPE_CHECKING:
    from factotum.sandbox.state import State

OFFLINE = "offline.access"
SCOPES = {
    "tweet.read": "See Tweets on its timeline, and who wrote them",
    "tweet.write": "Post and delete Tweets for you",
    "tweet.moderate.write": "Hide and unhide replies to your Tweets",
    "users.read": "See your profile and others' profiles",
    "users.email": "See your email address",
    "follows.read": "See who follows you and who you follow",
    "follows.write": "Follow and unfollow accounts for you",
    "offline.access": "Stay connected to your account until you revoke access",
    "space.read": "See Spaces",
    "mute.read": "See accounts you have muted",
    "mute.write": "Mute and unmute accounts for you",
    "like.read": "See Tweets you have liked",
    "like.write": "Like and unlike Tweets for you",
    "list.read": "See Lists and their members",
    "list.write": "Create and manage Lists for you",
    "block.read": "See accounts you have blocked",
    "block.write": "Block and unblock accounts for you",
    "bookmark.read": "See your bookmarks",
    "bookmark.write": "Bookmark Tweets for you",
    "dm.read": "See your Direct Messages",
    "dm.write": "Send Direct Messages for you",
    "media.write": "Upload media for you",
}


class Validator(RequestValidator):  # type: ignore[misc]  # oauthlib ships no types
    """Answers oauthlib's questions from the state."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    # Apps.

    def client_authentication_required(self, request: Any, *_: Any, **__: Any) -> bool:
        if request.grant_type == "client_credentials" or _basic(request):
            return True
        app = self.state.app_with_client_id(request.client_id or "")
        return app is None or app.client_type == "confidential"

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        _own_what_is_ours(request)
        name, secret = _basic(request) or ("", "")
        app = self.state.app_with_client_id(name)
        expected = app.client_secret if app else ""
        if app is None and request.grant_type == "client_credentials":
            app = self.state.app_with_consumer_key(name)
            expected = app.consumer_secret if app else ""
        if app is None or not secrets.compare_digest(expected.encode(), secret.encode()):
            return False
        request.client, request.client_id = app, app.client_id
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        _own_what_is_ours(request)
        request.client = self.state.app_with_client_id(client_id or "")
        return request.client is not None

    def validate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        request.client = self.state.app_with_client_id(client_id or "")
        return request.client is not None

    def validate_grant_type(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_response_type(
        self, client_id: str, response_type: str, *_: Any, **__: Any
    ) -> bool:
        return bool(client_id) and response_type == "code"

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *_: Any, **__: Any
    ) -> bool:
        return bool(client_id) and redirect_uri in request.client.callback_urls

    def get_default_redirect_uri(self, *_: Any, **__: Any) -> None:
        return None  # X wants the redirect_uri said, always

    # Scopes.

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        return []

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        if request.grant_type == "client_credentials":
            return bool(client) and not scopes
        return bool(client_id) and bool(scopes) and set(scopes) <= SCOPES.keys()

    # Codes.

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return bool(client_id) and request is not None

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Any, *_: Any, **__: Any
    ) -> None:
        now = self.state.clock()
        for key in [key for key, old in self.state.codes.items() if old.expires_at < now]:
            del self.state.codes[key]
        app = self.state.app_with_client_id(client_id)
        self.state.codes[code["code"]] = Code(
            code=code["code"],
            app_id=app.id if app else "",
            user_id=request.user.id,
            redirect_uri=request.redirect_uri,
            scopes=list(request.scopes),
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            expires_at=now + self.state.settings.code_lifetime,
            family=secrets.token_hex(8),
        )
        self.state.save()

    def validate_code(
        self, client_id: str, code: str, client: App, request: Any, *_: Any, **__: Any
    ) -> bool:
        found = self.state.codes.get(code)
        if found is None or found.app_id != client.id or client.client_id != client_id:
            return False
        if found.used:
            kill_family(self.state, found.family)
            return False
        request.user, request.scopes = self.state.users[found.user_id], found.scopes
        request.family = found.family
        return found.expires_at > self.state.clock()

    def get_code_challenge(self, code: str, request: Any) -> str:
        return self.state.codes[code].code_challenge

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        return self.state.codes[code].code_challenge_method

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, *_: Any, **__: Any
    ) -> bool:
        return bool(client_id) and self.state.codes[code].redirect_uri == redirect_uri

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *_: Any, **__: Any
    ) -> None:
        if client_id and request:
            self.state.codes[code].used = True
            self.state.save()

    # Tokens.

    def validate_refresh_token(
        self, refresh_token: str, client: App, request: Any, *_: Any, **__: Any
    ) -> bool:
        found = self.state.refresh_tokens.get(refresh_token)
        if found is None or found.app_id != client.id:
            return False
        if found.used:
            kill_family(self.state, found.family)
            return False
        request.user, request.family = self.state.users[found.user_id], found.family
        return True

    def get_original_scopes(self, refresh_token: str, *_: Any, **__: Any) -> list[str]:
        return self.state.refresh_tokens[refresh_token].scopes

    def rotate_refresh_token(self, request: Any) -> bool:
        self.state.refresh_tokens[request.refresh_token].used = True
        return True

    def save_token(self, token: dict[str, Any], request: Any, *_: Any, **__: Any) -> None:
        """Keep what oauthlib made; without offline.access there is no refresh token."""
        user_id = request.user.id if request.user else ""
        scopes = list(request.scopes or [])
        self.state.bearer_tokens[token["access_token"]] = BearerToken(
            token=token["access_token"],
            app_id=request.client.id,
            user_id=user_id,
            scopes=scopes,
            expires_at=self.state.clock() + token["expires_in"] if user_id else 0,
            family=request.family,
        )
        if OFFLINE not in scopes:
            token.pop("refresh_token", None)
        if "refresh_token" in token:
            self.state.refresh_tokens[token["refresh_token"]] = RefreshToken(
                token["refresh_token"], request.client.id, user_id, scopes, request.family
            )
        self.state.save()

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *_: Any) -> None:
        held = self.state.bearer_tokens.get(token) or self.state.refresh_tokens.get(token)
        if held is None or held.app_id != request.client.id:
            return
        if isinstance(held, RefreshToken):
            kill_family(self.state, held.family)
        else:
            del self.state.bearer_tokens[token]
            self.state.save()


def kill_family(state: State, family: str) -> None:
    """Make every token of one consent worthless; used refresh tokens stay known as used."""
    state.bearer_tokens = {k: t for k, t in state.bearer_tokens.items() if t.family != family}
    for token in state.refresh_tokens.values():
        token.used = token.used or token.family == family
    state.save()


def _own_what_is_ours(request: Any) -> None:
    """Say these ourselves: oauthlib would read them from the client's own parameters."""
    request.user = None
    request.family = secrets.token_hex(8)


def _basic(request: Any) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(name), unquote_plus(secret)
