"""``factotum call``: one request as an account."""

import base64
import json
from email.parser import BytesParser

import pytest
from tests.cli.conftest import refused


def test_calling_prints_the_body_and_fails_with_the_service(product, made):
    url = "https://api.twitter.com/1.1/users/show.json?screen_name="

    good = product.command("call", "Twitter", "GET", f"{url}alice")
    bad = product.command("call", "Twitter", "GET", f"{url}nobody_at_all")

    assert json.loads(good.out)["screen_name"] == "alice"
    assert bad.code == 1
    assert "errors" in bad.out
    assert bad.err == "The service answered 404.\n"
    [line] = product.command("runs", "list", "--limit", "1").out.splitlines()
    assert line.endswith("(answered 404)")


def test_calling_posts_forms_json_and_headers(product, made, sandbox):
    done = product.command(
        "call", "Twitter", "post", "https://api.twitter.com/1.1/statuses/update.json",
        "-d", "status=From+the+command+line", "-H", "X-Tag: one", "--json",
    )  # fmt: skip
    assert done.json()["status"] == 200
    assert done.json()["run"]
    assert "From the command line" in [tweet.text for tweet in sandbox.state.tweets.values()]

    (product.folder / "tweet.json").write_text('{"text": "From a file"}')
    done = product.command(
        "call", "Twitter", "POST", "https://api.x.com/2/tweets",
        "-d", "@tweet.json", "-H", "Content-Type: application/json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out)["data"]["text"] == "From a file"


def test_calling_sends_multipart(product, echo):
    package = {
        "package": {"name": "Echo", "revision": 1},
        "records": [
            {
                "uid": "s",
                "_context": "connected_service",
                "name": "Echo",
                "extension_id": "cerb.service.provider.http.basic",
                "params": {"base_url": f"{echo.url}/"},
            },
            {
                "uid": "a",
                "_context": "connected_account",
                "name": "Echo",
                "service_id": "{{{uid.s}}}",
                "owner__context": "app",
                "owner_id": 0,
                "params": {"username": "u", "password": "p4ssw0rd-echo"},
            },
        ],
    }
    assert product.command("import", "-", given=json.dumps(package)).code == 0
    (product.folder / "face.png").write_bytes(b"\x89PNG\0\xff")

    done = product.command(
        "call", "Echo", "POST", f"{echo.url}/upload", "-F", "name=Ada", "-F", "face=@face.png"
    )

    assert done.code == 0, done.err
    came = echo.came[-1]
    kind = {name.lower(): value for name, value in came["headers"]}["content-type"]
    body = base64.b64decode(came["body"])
    parsed = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = {
        part.get_param("name", header="content-disposition"): part for part in parsed.get_payload()
    }
    assert parts["name"].get_payload(decode=True) == b"Ada"
    assert parts["face"].get_payload(decode=True) == b"\x89PNG\0\xff"
    assert parts["face"].get_filename() == "face.png"
    binary = product.command("call", "Echo", "GET", f"{echo.url}/binary", "--json").json()
    assert base64.b64decode(binary["body_base64"])[:3] == b"\0\1\2"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "GET", "https://api.x.com/"), "nobody"),
        (("Twitter", "GET", "https://elsewhere.example/"), "elsewhere.example"),
        (("Twitter", "GET", "http://169.254.169.254/"), "169.254.169.254"),
        (("Twitter", "GET", "ftp://api.x.com/"), "http"),
        (("Twitter", "G T", "https://api.x.com/"), "method"),
        (("Twitter", "GET", "https://api.x.com/", "-H", "X-A: b\r\nX-C: d"), "line break"),
    ],
)
def test_what_may_not_be_called_is_told(product, made, arguments, words):
    refused(product.command("call", *arguments), words)
