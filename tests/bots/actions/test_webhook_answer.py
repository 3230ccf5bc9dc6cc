import pytest
from tests.bots.driving import SCRIPTS, World, action, behavior, setting

from factotum.bots.interpreter import walk
from factotum.bots.triggers.webhook import answer_of
from factotum.core.errors import BehaviorFault


def answer(*steps):
    found = behavior(action(*steps), event="event.webhook.received")
    payload = {"verb": "post", "params": {"From": "Ann"}}
    return answer_of(World().run(walk(found, payload, scripts=SCRIPTS)))


def test_a_webhook_answers_200_and_nothing_unless_told_otherwise():
    found = answer()
    assert (found.status, found.headers, found.body) == (200, {}, "")


def test_status_headers_and_body_can_be_set():
    found = answer(
        {"action": "set_http_status", "value": "{{200 + 1}}"},
        {"action": "set_http_header", "name": "X-One", "value": "1"},
        {"action": "set_http_header", "name": "x-one", "value": "{{2}}"},
        {"action": "set_http_header", "name": "X-Two", "value": "2"},
        {"action": "set_http_body", "value": "Hi {{http_params.from}}"},
    )
    assert found.status == 201
    assert found.headers == {"x-one": "2", "X-Two": "2"}
    assert found.body == "Hi Ann"


@pytest.mark.parametrize("status", ["", "99", "700", "abc", "2000"])
def test_only_a_status_can_be_a_status(status):
    with pytest.raises(BehaviorFault, match="is no HTTP status"):
        answer({"action": "set_http_status", "value": status})


def test_a_header_cannot_smuggle_in_another():
    evil = setting("x", "a\r\nSet-Cookie: b")
    with pytest.raises(BehaviorFault, match="line break"):
        answer(evil, {"action": "set_http_header", "name": "A", "value": "{{x}}"})
    with pytest.raises(BehaviorFault, match="no header name"):
        answer({"action": "set_http_header", "name": "A B", "value": "x"})
