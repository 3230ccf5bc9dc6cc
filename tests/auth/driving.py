"""What tests of schemes need of the outside: a sender, a person with a browser, moments."""

from __future__ import annotations

import itertools
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlencode, urlsplit

from factotum.auth.scheme import Credentials
from factotum.core.http import Request, Response
from factotum.core.values import Moment

CALLBACK = "https://factotum.example/oauth/callback"

_seeds = itertools.count(7)


def moment(offset: float = 0) -> Moment:
    """Now, with a seed that no other moment has."""
    return Moment.of(time.time() + offset, next(_seeds) << 64)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def send(request: Request) -> Response:
    """The answer to one request, over a real socket; redirects are not followed."""
    body = request.body or (b"" if request.method in {"POST", "PUT", "PATCH"} else None)
    sent = urllib.request.Request(request.url, body, method=request.method)
    for name, value in request.headers:
        sent.add_header(name, value)
    if body is not None and not request.header("content-type"):
        sent.add_header("Content-Type", "application/octet-stream")
    try:
        answer = _opener.open(sent, timeout=10)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        headers = tuple(answer.headers.items())
        return Response(answer.status, headers, answer.read(), request.url)


def drive(dialogue):
    """Run a dialogue to its end and return its result."""
    response = None
    while True:
        try:
            response = send(dialogue.send(response))
        except StopIteration as end:
            return end.value


def consent(url: str, decision: str = "allow", **form: str) -> dict[str, str]:
    """A person presses a button on the consent page; returns the callback's parameters."""
    page = send(Request("GET", url))
    assert page.status == 200, page.text()
    body = urlencode({"decision": decision, **form}).encode()
    header = ("Content-Type", "application/x-www-form-urlencoded")
    answer = send(Request("POST", url, (header,), body))
    location = answer.header("location")
    return dict(parse_qsl(urlsplit(location).query if location else answer.text()))


def linked_account(scheme, service, kept=None, callback_url=CALLBACK, decision="allow"):
    """Link an account at a provider as a person would; returns (linked, its credentials)."""
    credentials = Credentials(service, {})
    asked = drive(scheme.start_link(credentials, callback_url, moment()))
    callback = consent(asked.url, decision)
    linked = drive(scheme.finish_link(credentials, asked.kept, callback, callback_url, moment()))
    return linked, Credentials(service, {**linked.params, **linked.secrets})
