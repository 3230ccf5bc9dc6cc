"""``/webhooks/<guid>`` as services call it: what a stranger may send, and what a bot may answer."""

import hashlib
import hmac
import socket
import time
from urllib.parse import urlsplit

import pytest
from tests.servers.person import signed_in


def hook(*actions):
    """A package of one webhook whose behavior does these actions."""
    return {
        "package": {"name": f"Hook {len(actions)} {actions[0]['value'][:20]}", "revision": 1},
        "records": [
            {
                "uid": "w",
                "_context": "webhook_listener",
                "name": "Hook",
                "guid": "{{{random_string(32)|lower}}}",
                "extension_id": "cerb.webhooks.listener.engine.va",
                "extension_params": {"behavior_id": "{{{uid.h}}}"},
            }
        ],
        "bots": [
            {
                "uid": "b",
                "name": "Hook bot",
                "owner": {"context": "app", "id": 0},
                "params": {},
                "behaviors": [
                    {
                        "uid": "h",
                        "title": "Answer",
                        "event": {"key": "event.webhook.received", "label": "Webhook"},
                        "nodes": [
                            {
                                "type": "action",
                                "title": "Answer",
                                "params": {"actions": list(actions)},
                            }
                        ],
                    }
                ],
            }
        ],
    }


def listening(product, *actions):
    """The webhook's address."""
    body = {"package": hook(*actions), "prompts": {}, "on_existing": "new"}
    made = product.api("POST", "/packages/import", body)
    assert made.status == 200, made.text
    webhook = made.json()["records"]["webhook_listener"]["w"]["id"]
    return f"/webhooks/{product.api('GET', f'/webhooks/{webhook}').json()['guid']}"


def body(value):
    return {"action": "set_http_body", "value": value}


def header(name, value):
    return {"action": "set_http_header", "name": name, "value": value}


@pytest.fixture(scope="module")
def echoing(product):
    return listening(
        product, body("{{http_verb}} {{http_params.a}} {{http_headers.x_tag}} {{http_body}}")
    )


def ask(product, method, path, content=None, headers=()):
    return product.ask(method, path, content, token="", headers=headers)


def test_it_answers_what_the_behavior_says(product, echoing):
    answer = ask(product, "POST", f"{echoing}?a=%C3%A4", b"hello", (("X-Tag", "t"),))

    assert (answer.status, answer.text) == (200, "POST ä t hello")
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert answer.header("content-security-policy") == "sandbox"


def test_head_is_answered_without_a_body(product, echoing):
    answer = ask(product, "HEAD", f"{echoing}?a=1")

    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.header("content-length")) > 0


@pytest.mark.parametrize("guid", ["nobody", "", "a" * 5000, "%00", "../api/v1/accounts"])
def test_an_unknown_address_is_404_and_says_nothing_else(product, guid):
    answer = ask(product, "POST", f"/webhooks/{guid}", b"x")

    assert (answer.status, answer.text) == (404, "There is no webhook at this address.\n")


def test_a_body_that_is_too_large_is_413_and_runs_nothing(product, echoing):
    before = product.api("GET", "/runs").json()["items"][:1]

    answer = ask(product, "POST", echoing, b"x" * (1024 * 1024 + 1))

    assert (answer.status, answer.json()["code"]) == (413, "too-large")
    assert product.api("GET", "/runs").json()["items"][:1] == before


def test_half_a_call_runs_nothing(product, echoing):
    ask(product, "GET", echoing)
    before = settled(product)
    parts = urlsplit(product.url)

    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = f"POST {echoing} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
        connection.sendall(head.encode())

    ask(product, "GET", echoing)  # whole, and after it
    assert settled(product) == before + 1


def settled(product):
    """How many runs there are, once no more of them reach the disk."""
    counts = []
    while len(counts) < 3 or len(set(counts[-3:])) > 1:
        counts.append(len(product.api("GET", "/runs?limit=200").json()["items"]))
        time.sleep(0.1)
    return counts[-1]


def test_a_behavior_sets_status_and_headers_but_speaks_for_no_origin(product):
    path = listening(
        product,
        body("€"),
        header("X-Euro", "€"),
        header("Set-Cookie", "factotum_session=mine"),
        header("Content-Length", "1"),
        header("Content-Type", "text/plain"),
        {"action": "set_http_status", "value": "201"},
    )

    answer = ask(product, "GET", path)

    assert (answer.status, answer.text) == (201, "€")
    assert answer.header("content-type") == "text/plain"
    assert answer.header("x-euro").encode("latin-1").decode() == "€"
    assert answer.header("set-cookie") == ""
    assert answer.header("content-length") == "3"


def test_a_status_without_a_body_has_none(product):
    path = listening(product, body("not sent"), {"action": "set_http_status", "value": "204"})

    answer = ask(product, "GET", path)

    assert (answer.status, answer.body) == (204, b"")


def test_a_behavior_that_fails_is_500_and_tells_a_stranger_nothing(product):
    path = listening(product, {"action": "set_http_status", "value": "999 inner workings"})

    answer = ask(product, "GET", path)

    assert (answer.status, answer.text) == (500, "The behavior behind this webhook failed.\n")


@pytest.fixture(scope="module")
def person(product):
    return signed_in(product, "hook-admin", "--admin")


def changed(person, path, **values):
    """The webhook at this address with these settings, as somebody types them on its card."""
    product = person.product
    found = product.api("GET", "/webhooks?limit=200").json()["items"]
    [hook] = [one for one in found if path.endswith(one["guid"])]
    page = f"/cards/webhook_listener/{hook['id']}/edit"
    kept = {key: str(value) for key, value in hook.items() if key != "is_disabled"}
    behavior = str(hook["extension_params"]["behavior_id"])
    answer = person.post(page, page=page, **{**kept, "behavior_id": behavior, **values})
    assert answer.status == 302, answer.text
    return hook["id"]


def signed(body, secret="s3cr3t-of-github"):
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return ("X-Hub-Signature-256", f"sha256={digest}")


@pytest.fixture(scope="module")
def checked(product, person):
    """A webhook that GitHub signs, with a limit of its own."""
    path = listening(product, body("{{random_string(12)}}"))
    secret = "s3cr3t-of-github"
    changed(person, path, signed_by="github", signing_secret=secret, body_limit="2000")
    return path


def test_a_signed_delivery_runs_once_however_often_it_comes(product, checked):
    headers = (signed(b"{}"), ("X-GitHub-Delivery", "once"))

    first = ask(product, "POST", checked, b"{}", headers)
    again = ask(product, "POST", checked, b"{}", headers)

    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert ask(product, "POST", checked, b"{}", headers[:1]).body != first.body


@pytest.mark.parametrize(
    ("headers", "content", "status", "code"),
    [
        ((), b"{}", 401, "signature-missing"),
        ((signed(b"{}", "guess"),), b"{}", 403, "signature-wrong"),
        ((signed(b"{}"),), b"{} ", 403, "signature-wrong"),
        ((signed(b"{}"), signed(b"{}")), b"{}", 403, "signature-wrong"),
        ((("X-Hub-Signature-256", "sha256=\u00e9"),), b"{}", 403, "signature-wrong"),
        ((signed(b"{}"),), None, 403, "signature-wrong"),
        ((signed(b"x" * 2001),), b"x" * 2001, 413, "too-large"),
    ],
)
def test_a_forged_delivery_is_told_why_and_runs_nothing(
    product, checked, headers, content, status, code
):
    before = settled(product)

    answer = ask(product, "POST", checked, content, headers)

    assert answer.status == status
    assert answer.header("content-type") == "application/problem+json"
    assert answer.json()["code"] == code
    assert "s3cr3t-of-github" not in answer.text
    assert settled(product) == before


def test_a_body_that_says_nothing_of_its_length_is_limited_too(product, checked):
    parts = urlsplit(product.url)
    head = f"POST {checked} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode() + (b"400\r\n" + b"x" * 1024 + b"\r\n") * 2)
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_what_was_refused_is_shown_on_the_card_and_the_secret_nowhere(product, person, checked):
    ask(product, "POST", checked, b"{}")
    hook = changed(person, checked)
    until = time.monotonic() + 20
    while "is missing" not in (page := person.get(f"/cards/webhook_listener/{hook}").text):
        assert time.monotonic() < until, page
        time.sleep(0.1)

    edit = person.get(f"/cards/webhook_listener/{hook}/edit").text
    told = product.api("GET", f"/webhooks/{hook}").text
    came = product.api("GET", f"/webhooks/{hook}/deliveries").json()
    assert came["refused"] >= len(came["last_refused"]) >= 1
    assert came["last_refused"][0].keys() == {"at", "code", "sentence", "client_ip"}
    assert "GitHub" in page
    assert "X-Hub-Signature-256".lower() in page
    for text in (page, edit, told):
        assert "s3cr3t-of-github" not in text
    assert ask(product, "POST", checked, b"{}", (signed(b"{}"),)).status == 200


def test_a_disabled_webhook_looks_like_none(product, person):
    path = listening(product, body("hello"))
    assert ask(product, "GET", path).status == 200
    changed(person, path, is_disabled="1")

    answer = ask(product, "GET", path)

    assert (answer.status, answer.text) == (404, "There is no webhook at this address.\n")


def test_one_that_answers_at_once_gives_the_address_of_its_run(product, person):
    path = listening(product, body("seen by nobody"))
    changed(person, path, answer="at_once", delivery_header="X-Id")

    answer = ask(product, "POST", path, b"{}", (("X-Id", "1"),))

    assert (answer.status, answer.header("content-type")) == (202, "application/json")
    told = answer.json()
    assert told["url"] == f"{product.url}/runs/{told['run']}"
    assert product.api("GET", f"/runs/{told['run']}").status == 200
    assert ask(product, "POST", path, b"{}", (("X-Id", "1"),)).json() == told


@pytest.mark.parametrize("length", ["-1", "abc", "1, 2", "99999999999999999999"])
def test_a_length_that_is_none_breaks_nothing(product, echoing, length):
    parts = urlsplit(product.url)
    head = f"POST {echoing} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100)[9:12] in {b"400", b"413"}
    assert ask(product, "GET", echoing).status == 200
