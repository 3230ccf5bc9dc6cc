"""The signature as Cerb's manual describes it, checked by a server of our own that follows it."""

from __future__ import annotations

import hashlib

import pytest
from tests.auth.driving import send
from tests.servers.loopback import Answered, Asked, LoopbackServer

from factotum.auth.cerb_api import CerbApi, string_to_sign
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import RelinkNeeded
from factotum.core.http import Request
from factotum.core.values import Moment

scheme = CerbApi()
ACCOUNT = {"access_key": "k3y", "secret_key": "s3cret", "base_url": "https://cerb.example/rest/"}


class Cerb(LoopbackServer):
    """Builds the string from what arrives, line by line as in the manual."""

    def answer(self, asked: Asked) -> Answered:
        path, _, query = asked.url.removeprefix(self.base_url).partition("?")
        secret = hashlib.md5(b"s3cret").hexdigest()
        lines = [asked.method, asked.headers["date"], path, "&".join(sorted(query.split("&")))]
        text = "\n".join([*lines, asked.body.decode(), secret, ""])
        expected = f"k3y:{hashlib.md5(text.encode()).hexdigest()}"
        return Answered(200 if asked.headers["cerb-auth"] == expected else 401)


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.cerb.api.legacy"] is CerbApi
    assert CerbApi.account_fields.secret_keys == {"secret_key"}
    assert scheme.hosts(Credentials({}, ACCOUNT)) == ("cerb.example",)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/rest/tickets/123.json?expand=latest&a=12&name=Cerb", b""),
        ("GET", "/rest/tickets.json", b""),
        ("POST", "/rest/records/task.json", "fields[title]=café&x=1".encode()),
        ("PUT", "/rest/a.json?q=%20%2B&q=1", b"a=b"),
        ("DELETE", "/rest/a.json", b""),
    ],
)
def test_cerb_takes_what_it_signs(method, path, body):
    with Cerb() as cerb:
        request = Request(method, f"{cerb.base_url}{path}", (), body)
        moment = Moment.of(1_700_000_000)
        signed = scheme.sign(request, Credentials({}, ACCOUNT), moment)
        assert signed.header("date") == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert send(signed).status == 200
        forged = scheme.sign(request, Credentials({}, ACCOUNT | {"secret_key": "x"}), moment)
        assert send(forged).status == 401


def test_the_query_is_sorted_and_the_body_follows_on_a_line_of_its_own():
    request = Request("put", "https://c.example/rest/a.json?b=2&a=1&", (), b"body")
    assert (
        string_to_sign(request, "DATE", "HASH") == b"PUT\nDATE\n/rest/a.json\na=1&b=2\nbody\nHASH\n"
    )


def test_an_account_without_keys_is_told_to_enter_them():
    with pytest.raises(RelinkNeeded, match="enter its Access Key"):
        scheme.sign(Request("GET", "https://c.example/"), Credentials({}, {}), Moment.of(0))
