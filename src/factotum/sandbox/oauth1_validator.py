# ruff: noqa: D102  # oauthlib documents the questions it asks
"""What oauthlib asks while it verifies OAuth 1.0a, answered from the sandbox's state."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from oauthlib.oauth1 import RequestValidator

from factotum.sandbox import errors
from factotum.sandbox.model import App, RequestToken, User, UserToken

if TYPE_CHECKING:
    from factotum.sandbox.state import State

OUT_OF_BAND = "oob"
METHODS = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT")
LONGEST_WORD = 256


class Validator(RequestValidator):  # type: ignore[misc]  # oauthlib ships no types
    """Answers oauthlib's questions from the state; ``user`` is who gives consent, if somebody."""

    allowed_signature_methods = METHODS
    enforce_ssl = False  # the sandbox listens on loopback
    timestamp_lifetime = float("inf")  # checked below, on the state's own clock
    dummy_client = dummy_request_token = dummy_access_token = "nobody"
    realms: tuple[str, ...] = ()

    def __init__(self, state: State, user: User | None = None) -> None:
        super().__init__()
        self.state = state
        self.user = user
        self.unknown = secrets.token_hex(32)  # the secret of whoever does not exist

    def app(self, client_key: str) -> App | None:
        """Find the app that signed."""
        return self.state.app_with_consumer_key(client_key)

    # Shapes.

    def check_client_key(self, client_key: str) -> bool:
        return 0 < len(client_key) <= LONGEST_WORD

    check_request_token = check_access_token = check_nonce = check_verifier = check_client_key

    def check_realms(self, realms: list[str]) -> bool:  # X knows no realms
        return True

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    get_realms = get_default_realms

    def validate_realms(self, *_: Any, **__: Any) -> bool:
        return True

    validate_requested_realms = verify_realms = validate_realms

    # Time and nonce.

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_: Any
    ) -> bool:
        away = int(timestamp) - self.state.clock()
        if abs(away) > self.state.settings.timestamp_window:
            raise errors.timestamp_out_of_bounds(away)
        if self._nonce_key(client_key, timestamp, nonce, request) in self.state.nonces:
            raise errors.could_not_authenticate("oauth_nonce was used before")
        return True

    def remember_nonce(self, request: Any) -> None:
        """Keep a nonce for as long as its timestamp would pass; only of requests that verified."""
        now = self.state.clock()
        for key in [key for key, until in self.state.nonces.items() if until < now]:
            del self.state.nonces[key]
        key = self._nonce_key(request.client_key, request.timestamp, request.nonce, request)
        self.state.nonces[key] = int(request.timestamp) + self.state.settings.timestamp_window

    @staticmethod
    def _nonce_key(
        client_key: str, timestamp: str, nonce: str, request: Any
    ) -> tuple[str, str, str, str]:
        return client_key, request.resource_owner_key or "", timestamp, nonce

    # Keys and secrets.

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return self.app(client_key) is not None

    def get_client_secret(self, client_key: str, request: Any) -> str:
        app = self.app(client_key)
        return app.consumer_secret if app else self.unknown

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        app = self.app(client_key)
        return app.rsa_public_key if app else ""

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        found = self._request_token(client_key, token, request)
        return found.secret if found else self.unknown

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        found = self._access_token(client_key, token, request)
        return found.secret if found else self.unknown

    # Request tokens.

    def validate_redirect_uri(self, *_: Any) -> bool:
        return True  # judged in save_request_token, once it is certain who asks

    def save_request_token(self, token: dict[str, str], request: Any) -> None:
        app = self.app(request.client_key)
        self.remember_nonce(request)
        callback = request.redirect_uri
        if app is None or (callback != OUT_OF_BAND and callback not in app.callback_urls):
            raise errors.callback_not_approved(callback)
        self.state.request_tokens[token["oauth_token"]] = RequestToken(
            token=token["oauth_token"],
            secret=token["oauth_token_secret"],
            app_id=app.id,
            callback=callback,
            created_at=self.state.clock(),
        )
        self.state.save()

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        found = self._request_token(client_key, token, request)
        return found is not None and bool(found.user_id)

    def _request_token(self, client_key: str, token: str, request: Any) -> RequestToken | None:
        app, found = self.app(client_key), live_request_token(self.state, token)
        return found if app and found and found.app_id == app.id else None

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        found = self._request_token(client_key, token, request)
        expected = found.verifier if found and found.verifier else self.unknown
        return secrets.compare_digest(expected.encode(), verifier.encode())

    def invalidate_request_token(self, client_key: str, token: str, request: Any) -> None:
        self.state.request_tokens.pop(token, None)
        self.state.save()

    # Consent.

    def verify_request_token(self, token: str, request: Any) -> bool:
        found = live_request_token(self.state, token)
        return found is not None and not found.user_id

    def save_verifier(self, token: str, verifier: dict[str, str], request: Any) -> None:
        found = self.state.request_tokens[token]
        found.verifier = verifier["oauth_verifier"]
        found.user_id = self.user.id if self.user else ""
        self.state.save()

    def get_redirect_uri(self, token: str, request: Any) -> str:
        return self.state.request_tokens[token].callback

    # Access tokens.

    def save_access_token(self, token: dict[str, str], request: Any) -> None:
        """Swap the request token; ``token`` is what goes out, so X's own fields join it here."""
        asked = self.state.request_tokens[request.resource_owner_key]
        granted = grant(self.state, self.state.apps[asked.app_id], self.state.users[asked.user_id])
        self.remember_nonce(request)
        token.clear()
        token["oauth_token"] = granted.token
        token["oauth_token_secret"] = granted.secret
        token["user_id"] = granted.user_id
        token["screen_name"] = self.state.users[granted.user_id].username

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return self._access_token(client_key, token, request) is not None

    def _access_token(self, client_key: str, token: str, request: Any) -> UserToken | None:
        app, found = self.app(client_key), self.state.user_tokens.get(token)
        return found if app and found and found.app_id == app.id else None


def live_request_token(state: State, token: str) -> RequestToken | None:
    """Find a request token that has not expired."""
    found = state.request_tokens.get(token)
    lifetime = state.settings.request_token_lifetime
    return found if found and found.created_at + lifetime > state.clock() else None


def grant(state: State, app: App, user: User) -> UserToken:
    """Give an app a user's access token: the one it has, as long as the permission is the same."""
    for held in state.user_tokens.values():
        if (held.app_id, held.user_id, held.permission) == (app.id, user.id, app.permission):
            return held
    secret = secrets.token_urlsafe(33)
    fresh = UserToken(f"{user.id}-{secrets.token_hex(15)}", secret, app.id, user.id, app.permission)
    state.user_tokens[fresh.token] = fresh
    state.save()
    return fresh
