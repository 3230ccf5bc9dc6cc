"""``/webhooks/<guid>`` as services call it: what a stranger may send, and what a bot may answer."""

import socket
import time
from urllib.parse import urlsplit

import pytest


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

    assert answer.status == 413
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
