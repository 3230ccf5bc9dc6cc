"""A running sandbox, and clients that share no code with it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from oauthlib.oauth1 import Client

from factotum.sandbox.model import App
from factotum.sandbox.server import Running, running
from factotum.sandbox.state import State

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Clock:
    """The real time, and as much later as a test says."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body))

    @property
    def code(self) -> int:
        return self.json["errors"][0]["code"]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.headers["location"]).query))


def send(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Answer:
    """Send one request on a connection of its own; follow nothing."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, text)


@dataclass
class Signer:
    """Signs with oauthlib's client, for an app and, once linked, for a user."""

    url: str
    app: App
    token: str | None = None
    secret: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def signed(self, path: str, method: str, body: Any = None, **more: Any) -> tuple[Any, ...]:
        options = {"client_secret": self.app.consumer_secret, **self.options, **more}
        client = Client(
            self.app.consumer_key,
            resource_owner_key=self.token,
            resource_owner_secret=self.secret,
            **options,
        )
        if not isinstance(body, dict):
            return client.sign(self.url + path, method)
        return client.sign(self.url + path, method, urlencode(body), dict(FORM))

    def call(self, path: str, method: str = "GET", body: Any = None, **more: Any) -> Answer:
        uri, headers, signed_body = self.signed(path, method, body, **more)
        return send(uri, method, headers, signed_body)

    def post_json(self, path: str, value: Any) -> Answer:
        uri, headers, _ = self.signed(path, "POST")
        return send(uri, "POST", {**headers, "Content-Type": "application/json"}, json.dumps(value))

    def request_token(self, callback: str | None = CALLBACK, **more: Any) -> Answer:
        return self.call("/oauth/request_token", "POST", callback_uri=callback, **more)

    def swap(self, token: dict[str, str], verifier: str | None, **more: Any) -> Answer:
        return self.holding(token).call("/oauth/access_token", "POST", verifier=verifier, **more)

    def holding(self, token: dict[str, str]) -> Signer:
        return Signer(
            self.url, self.app, token["oauth_token"], token["oauth_token_secret"], self.options
        )

    def link(self, username: str = "alice") -> Signer:
        token = self.request_token().form
        url = f"{self.url}/oauth/authenticate?oauth_token={token['oauth_token']}"
        location = steer(self.url, "consent", authorize_url=url, username=username)["location"]
        verifier = dict(parse_qsl(urlsplit(location).query))["oauth_verifier"]
        return self.holding(self.swap(token, verifier).form)


def steer(url: str, what: str, method: str = "POST", /, **values: Any) -> Any:
    """Use the control API; it has to work."""
    headers = {"Content-Type": "application/json"}
    answer = send(f"{url}/_sandbox/{what}", method, headers, json.dumps(values))
    assert answer.status == 200, answer.body
    return answer.json


class Forms(HTMLParser):
    """Finds the hidden fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"] or ""] = given["value"] or ""


@dataclass
class Browser:
    """Keeps a cookie and sends forms with their hidden fields."""

    url: str
    cookie: str = ""

    def get(self, path: str) -> Answer:
        return self._keep(send(self.url + path, headers={"Cookie": self.cookie}))

    def submit(self, page: str, action: str | None = None, /, **fields: str) -> Answer:
        hidden = Forms(self.get(page).body).hidden
        return self.post(action or page, **{**hidden, **fields})

    def post(self, path: str, /, **fields: str) -> Answer:
        headers = {"Cookie": self.cookie, **FORM}
        return self._keep(send(self.url + path, "POST", headers, urlencode(fields)))

    def _keep(self, answer: Answer) -> Answer:
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Running]:
    with running(State(clock=clock)) as served:
        yield served


@pytest.fixture
def state(sandbox: Running) -> State:
    return sandbox.state


@pytest.fixture
def url(sandbox: Running) -> str:
    return sandbox.url


@pytest.fixture
def app(state: State) -> App:
    return state.ensure_app("Help Desk", [CALLBACK], description="Answers on X")


@pytest.fixture
def signer(url: str, app: App) -> Signer:
    return Signer(url, app)


@pytest.fixture
def alice(signer: Signer) -> Signer:
    return signer.link("alice")


@pytest.fixture
def bob(signer: Signer) -> Signer:
    return signer.link("bob")


@pytest.fixture
def browser(url: str) -> Browser:
    return Browser(url)
