"""What the sandbox remembers, as plain values that go to JSON and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Permission = Literal["read", "read-write"]
ClientType = Literal["confidential", "public"]


@dataclass
class User:
    """Somebody with an account; ``id`` is longer than a float holds exactly, as X's are."""

    id: str
    username: str
    name: str
    created_at: float
    description: str = ""
    location: str = ""


@dataclass
class App:
    """An application that a developer made, with the keys of both OAuth versions."""

    id: str
    name: str
    description: str
    website: str
    callback_urls: list[str]
    consumer_key: str
    consumer_secret: str
    client_id: str
    client_secret: str
    created_at: float
    client_type: ClientType = "confidential"
    permission: Permission = "read-write"
    rsa_public_key: str = ""
    v1_open: bool = True  # False: the 1.1 endpoints answer 403 with code 453, as for most apps on X


@dataclass
class Tweet:
    """A post; ``app_id`` is empty when it was written on the sandbox's own pages."""

    id: str
    user_id: str
    text: str
    created_at: float
    app_id: str = ""
    in_reply_to_id: str = ""
    quoted_id: str = ""


@dataclass
class RequestToken:
    """OAuth 1.0a temporary credentials; ``user_id`` and ``verifier`` come with the consent."""

    token: str
    secret: str
    app_id: str
    callback: str
    created_at: float
    user_id: str = ""
    verifier: str = ""


@dataclass
class UserToken:
    """An OAuth 1.0a access token; it keeps the permission that the app had at the consent."""

    token: str
    secret: str
    app_id: str
    user_id: str
    permission: Permission


@dataclass
class Code:
    """An OAuth 2.0 authorization code; once used it is kept until it expires, to notice re-use."""

    code: str
    app_id: str
    user_id: str
    redirect_uri: str
    scopes: list[str]
    code_challenge: str
    code_challenge_method: str
    expires_at: float
    family: str
    used: bool = False


@dataclass
class BearerToken:
    """An OAuth 2.0 access token; without ``user_id`` it is app-only and does not expire."""

    token: str
    app_id: str
    user_id: str
    scopes: list[str]
    expires_at: float
    family: str


@dataclass
class RefreshToken:
    """Works once. A used one is kept: presenting it again kills everything in its family."""

    token: str
    app_id: str
    user_id: str
    scopes: list[str]
    family: str
    used: bool = False


@dataclass
class Settings:
    """Lifetimes in seconds, and limits that differ from the usual ones (endpoint → calls a window)."""

    timestamp_window: float = 300
    request_token_lifetime: float = 900
    code_lifetime: float = 30
    access_token_lifetime: int = 7200
    duplicate_window: float = 24 * 3600
    limits: dict[str, int] = field(default_factory=dict)
    user_day_limits: dict[str, int] = field(default_factory=dict)
    app_day_limits: dict[str, int] = field(default_factory=dict)
    window_seconds: float = 0  # of every window, 0 for the usual quarter of an hour
