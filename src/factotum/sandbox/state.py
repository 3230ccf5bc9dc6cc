"""Everything the sandbox knows: in memory, and in a file when one is named."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from factotum.sandbox.billing import Bill
from factotum.sandbox.limits import Window
from factotum.sandbox.model import (
    App,
    BearerToken,
    Code,
    RefreshToken,
    RequestToken,
    Settings,
    Tweet,
    User,
    UserToken,
)
from factotum.sandbox.sessions import Session
from factotum.sandbox.switches import Seen, Switch
from factotum.sandbox.users import ready_users

FORMAT = 1
TWITTER_EPOCH_MS = 1288834974657  # X's ids count milliseconds from here

TABLES: dict[str, tuple[type[Any], str]] = {
    "users": (User, "id"),
    "apps": (App, "id"),
    "tweets": (Tweet, "id"),
    "request_tokens": (RequestToken, "token"),
    "user_tokens": (UserToken, "token"),
    "codes": (Code, "code"),
    "bearer_tokens": (BearerToken, "token"),
    "refresh_tokens": (RefreshToken, "token"),
}


class BadStateFile(Exception):
    """The named file does not hold a sandbox's state; it was not touched."""


class State:
    """The sandbox's memory. Whoever changes a table calls ``save``."""

    def __init__(
        self,
        file: Path | None = None,
        *,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.file = file
        self.settings = settings or Settings()
        self.clock = clock
        self._last_id = 0
        self._forget()
        if file is not None and file.exists():
            self._load(file)

    def _forget(self) -> None:
        self.users: dict[str, User] = {user.id: user for user in ready_users()}
        self.apps: dict[str, App] = {}
        self.tweets: dict[str, Tweet] = {}
        self.request_tokens: dict[str, RequestToken] = {}
        self.user_tokens: dict[str, UserToken] = {}
        self.codes: dict[str, Code] = {}
        self.bearer_tokens: dict[str, BearerToken] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        # What follows lives as long as the process.
        self.nonces: dict[tuple[str, str, str, str], float] = {}
        self.windows: dict[tuple[str, str], Window] = {}
        self.bills: dict[str, Bill] = {}
        self.switches: list[Switch] = []
        self.seen: deque[Seen] = deque(maxlen=500)
        self.sessions: dict[str, Session] = {}

    def reset(self) -> None:
        """Forget everything; the ready users stay."""
        self._forget()
        self.save()

    def save(self) -> None:
        """Write the file, if one is named: whole or not at all."""
        if self.file is None:
            return
        document = {"format": FORMAT} | {
            name: [asdict(row) for row in getattr(self, name).values()] for name in TABLES
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(document, out, ensure_ascii=False, indent=1)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self.file)

    def _load(self, file: Path) -> None:
        try:
            document = json.loads(file.read_text())
            if document["format"] != FORMAT:
                raise BadStateFile(f"{file} has format {document['format']}; this reads {FORMAT}.")
            for name, (row, key) in TABLES.items():
                setattr(self, name, {values[key]: row(**values) for values in document[name]})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadStateFile(f"{file} does not hold the state of a sandbox: {error}") from error

    def new_id(self) -> str:
        """Give an id as X makes them: rising, with the time in its upper bits."""
        fresh = (int(self.clock() * 1000) - TWITTER_EPOCH_MS) << 22
        self._last_id = max(
            fresh, self._last_id + 1, *(int(used) + 1 for used in self._newest_ids())
        )
        return str(self._last_id)

    def _newest_ids(self) -> Iterable[str]:
        return (next(reversed(table)) for table in (self.tweets, self.apps) if table)

    def user_named(self, username: str) -> User | None:
        """Find a user by the name after the @, in any case."""
        wanted = username.removeprefix("@").lower()
        return next((u for u in self.users.values() if u.username.lower() == wanted), None)

    def add_user(self, username: str, name: str = "") -> User:
        """Make somebody new, or find who has that name already."""
        user = self.user_named(username)
        if user is None:
            user = User(self.new_id(), username, name or username, self.clock())
            self.users[user.id] = user
            self.save()
        return user

    def app_with_consumer_key(self, key: str) -> App | None:
        """Find an app by its OAuth 1.0a key."""
        return next((app for app in self.apps.values() if app.consumer_key == key), None)

    def app_with_client_id(self, client_id: str) -> App | None:
        """Find an app by its OAuth 2.0 client id."""
        return next((app for app in self.apps.values() if app.client_id == client_id), None)

    def add_app(self, name: str, callback_urls: Iterable[str], **fields: Any) -> App:
        """Make an app; ``fields`` are any of App's, and keys that are not given are made up."""
        app = App(
            **{
                "id": self.new_id(),
                "name": name,
                "description": "",
                "website": "https://example.com",
                "callback_urls": list(callback_urls),
                "created_at": self.clock(),
                **new_consumer_keys(),
                **new_client_keys(),
                **fields,
            }
        )
        self.apps[app.id] = app
        self.save()
        return app

    def ensure_app(
        self,
        name: str,
        callback_urls: Iterable[str],
        consumer_key: str | None = None,
        consumer_secret: str | None = None,
        **fields: Any,
    ) -> App:
        """Give the app with that name (or consumer key) these settings, making it where missing.

        Keys that are not given stay what they are; asking twice changes nothing.
        """
        wanted: dict[str, Any] = {"name": name, "callback_urls": list(callback_urls), **fields}
        wanted |= {"consumer_key": consumer_key} if consumer_key else {}
        wanted |= {"consumer_secret": consumer_secret} if consumer_secret else {}
        app = self.app_with_consumer_key(consumer_key) if consumer_key else None
        app = app or next((a for a in self.apps.values() if a.name == name), None)
        if app is None:
            return self.add_app(**wanted)
        for field, value in wanted.items():
            setattr(app, field, value)
        self.save()
        return app


def new_consumer_keys() -> dict[str, str]:
    """Make an OAuth 1.0a key pair in X's sizes."""
    return {"consumer_key": alphanumeric(25), "consumer_secret": alphanumeric(50)}


def new_client_keys() -> dict[str, str]:
    """Make an OAuth 2.0 client id and secret in X's sizes."""
    return {"client_id": alphanumeric(34), "client_secret": alphanumeric(50)}


def alphanumeric(length: int) -> str:
    """Make up a text of letters and digits that nobody can guess."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(letters) for _ in range(length))
