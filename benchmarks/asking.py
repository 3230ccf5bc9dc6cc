"""An installation served, and somebody who may ask it for everything: pages, API, metrics.

python -m benchmarks.asking     (makes them, in the database that the settings name)
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from benchmarks.installation import Installation
from benchmarks.package import GUID
from benchmarks.processes import free_port, running


@dataclass(frozen=True, slots=True)
class Served:
    """Where it answers, and who asks."""

    url: str
    token: str
    session: str

    @property
    def webhook(self) -> str:
        return f"{self.url}/webhooks/{GUID}?q=1"

    def page(self, path: str) -> float:
        """Milliseconds until it is there."""
        headers = {"Cookie": f"factotum_session={self.session}"}
        if path.startswith(("/api", "/metrics")):
            headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        began = perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        if b"Sign in" in text[:2000]:
            raise SystemExit(f"{path} asks for sign-in.")
        return (perf_counter() - began) * 1000


@contextmanager
def served(installation: Installation) -> Iterator[Served]:
    """``factotum serve`` until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {**installation.settings, "FACTOTUM_BASE_URL": url}
    token, session = installation.here("benchmarks.asking").split()
    with running(["-m", "factotum", "serve", "--port", str(port)], port, settings):
        yield Served(url, token, session)


def _prepare() -> None:
    """Prints a token and the session of an admin."""
    from factotum.cli.session import ACTOR, ask

    token = ask(lambda app: app.create_token(ACTOR, name="benchmark"))
    worker = ask(lambda app: app.add_worker(ACTOR, "ada", is_admin=True))
    print(token, _session(worker.id))


def _session(worker_id: int) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    from factotum.store.models import Worker

    worker = Worker.objects.get(pk=worker_id)
    session = SessionStore()
    session["_auth_user_id"] = str(worker_id)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = worker.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    _prepare()
