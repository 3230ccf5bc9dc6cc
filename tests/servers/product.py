"""The product as people run it: ``factotum serve`` in a process of its own, commands beside it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.servers import warm
from tests.servers.databases import another_like, new_database

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
PASSWORD = "a few unusual words"


@dataclass(frozen=True)
class Answer:
    """What an HTTP request got; ``headers`` keeps every pair as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Product:
    """One installation: its folder, its settings, and where it answers while it is served."""

    folder: Path
    url: str
    environ: dict[str, str]
    tokens: dict[tuple[str, ...], str] = field(default_factory=dict)

    def command(self, *arguments: str, given: str | bytes = "", **settings: str) -> Done:
        """What a command says; never raises."""
        environ = {**self.environ, **settings}
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            stdin.write(given.encode() if isinstance(given, str) else given)
            stdin.seek(0)
            process = warm.start(
                arguments, env=environ, cwd=self.folder, stdin=stdin, stdout=out, stderr=err
            )
            code = process.wait(120)
            out.seek(0)
            err.seek(0)
            return Done(code, out.read().decode(), err.read().decode())

    def token(self, *options: str) -> str:
        """A bearer token made on the command line; everything's unless options say less."""
        if options not in self.tokens:
            done = self.command("token", "create", *options)
            assert done.code == 0, done.err
            self.tokens[options] = done.out.strip()
        return self.tokens[options]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """One request to the server, its path exactly as given; ``body`` bytes or JSON."""
        pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        token = self.token() if token is None else token
        if token:
            pairs.append(("Authorization", f"Bearer {token}"))
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            pairs.append(("Content-Type", "application/json"))
        return send(self.url, method, path, body, pairs)

    def signed_in(self) -> str:
        """The cookies of an admin who came in by the one-time link that the server printed."""
        log = (self.folder / "serve.log").read_text()
        link = next(word for word in log.split() if "/sign-in/link/" in word)
        opener = urllib.request.build_opener(_Staying)
        with opener.open(link, timeout=30) as page:
            csrf = page.headers["Set-Cookie"].partition(";")[0]
            fields = Fields(page.read().decode()).filled
        request = urllib.request.Request(
            link, urlencode(fields).encode(), {"Cookie": csrf, "Origin": self.url}
        )
        try:
            opener.open(request, timeout=30).close()
        except urllib.error.HTTPError as redirected:
            cookies = redirected.headers.get_all("Set-Cookie")
            return "; ".join(cookie.partition(";")[0] for cookie in cookies)
        raise AssertionError("the link signed nobody in")

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """The same under ``/api/v1``."""
        return self.ask(method, f"/api/v1{path}", body, **options)


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


class Fields(HTMLParser):
    """The fields of a page's forms, passwords filled in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.filled: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            is_password = given.get("type") == "password"
            self.filled[name] = PASSWORD if is_password else given.get("value") or ""


def send(
    origin: str, method: str, path: str, body: bytes | None, headers: list[tuple[str, str]]
) -> Answer:
    """One request with nothing added but Host and Content-Length."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def installation(folder: Path, **settings: str) -> Product:
    """An installation that is not served, of which nothing is there yet.

    ``settings`` without their FACTOTUM_.
    """
    url = settings.get("BASE_URL") or f"http://127.0.0.1:{free_port()}"
    environ = {
        **warm.environ(),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONWARNINGS": "error::ResourceWarning",
        "FACTOTUM_DATA": str(folder / "data"),
        "FACTOTUM_BASE_URL": url,
        **{f"FACTOTUM_{name}": value for name, value in settings.items()},
    }
    return Product(folder, url, environ)


def prepared(folder: Path, **settings: str) -> Product:
    """The same with its database made: a copy of one that every test of this process begins with.

    It knows one token, for everything.
    """
    made = _migrated()
    shutil.copytree(made.folder / "data", folder / "data")
    copied = installation(folder, **{**another_like(made.environ), **settings})
    copied.tokens.update(made.tokens)
    return copied


@cache
def _migrated() -> Product:
    folder = Path(tempfile.mkdtemp(prefix="migrated-", dir=os.environ["FACTOTUM_DATA"]))
    made = installation(folder, **new_database())
    done = made.command("migrate")
    assert done.code == 0, done.err
    made.token()
    return made


@contextlib.contextmanager
def serving(product: Product) -> Iterator[Product]:
    """Serve it until the block ends; its log is ``serve.log`` in the folder."""
    process = started(product, "serve", "--port", str(urlsplit(product.url).port))
    try:
        wait_until_it_answers(product.url, process)
        yield product
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def started(product: Product, *arguments: str, module: str = "factotum") -> warm.WarmProcess:
    """A command that goes on beside the test; what it says goes to ``serve.log``."""
    with (product.folder / "serve.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
        return warm.start(
            arguments,
            env=product.environ,
            cwd=product.folder,
            stdin=nothing,
            stdout=log,
            stderr=log,
            module=module,
        )


def wait_until_it_answers(url: str, process: warm.WarmProcess | subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the product ended with {process.returncode}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
            return
        time.sleep(0.05)
    raise AssertionError(f"the product did not answer in {START_SECONDS} s")
