"""A run looks, changes something here, and charges; killed anywhere, what it did fits together."""

import contextlib
import http.client
from uuid import uuid4

import pytest
from tests.crash.test_killed_while_charging import LIMIT, the_run, till_package
from tests.guide import packages
from tests.servers.linked import imported
from tests.servers.till import Till

POINTS = (
    "step performed",  # the number was drawn
    "step recorded",
    "step performed*2",  # the task was written
    "step recorded*2",
    "step performed*3",  # the charge was made
    "step recorded*4",  # the second number was drawn
)


@pytest.fixture(scope="module")
def till():
    with Till() as served:
        yield served


def drawing(product, till):
    """The id of a new behavior that draws a number, writes it in a task, charges it, and draws again."""
    name = uuid4().hex
    made = till_package(name, till.url, "POST /v1/* 86400")
    account = {"auth_connected_account_id": "{{{uid.the_account}}}"}
    draw = packages.request("get", f"{till.url}/v1/draw", **account)
    number = packages.kept("drawn", "{{_http_response.body}}", "json")
    task = {
        "action": "core.bot.action.record.create",
        "context": "task",
        "changeset_json": f'{{"title": "{name} drew {{{{drawn.number}}}}"}}',
    }
    charge = packages.request("post", f"{till.url}/v1/charges", "{{drawn.number}}", **account)
    steps = [draw, number, task, charge, draw]
    [bot] = made["bots"]
    bot["behaviors"] = [packages.api("b_draw", "Draw", draw)]
    bot["behaviors"][0]["nodes"] = [packages.action("All of it", *steps)]
    found = imported(product, made, {})
    till.came.clear()
    till.charges.clear()
    return found["behavior"]["b_draw"]["id"], name


def tasks(product, name):
    items = product.api("GET", "/records/task").json()["items"]
    return [each["title"] for each in items if each["title"].startswith(name)]


@pytest.mark.parametrize("point", POINTS)
def test_what_was_charged_is_what_was_written(product, server, till, point):
    behavior_id, name = drawing(product, till)
    server.kill()
    server.start(dying_at=point)
    with contextlib.suppress(OSError, http.client.HTTPException):
        product.api("POST", f"/behaviors/{behavior_id}/run", {"wait": False})
    server.process.wait(LIMIT)
    server.start()

    told = the_run(product, behavior_id, "done", "failed")

    assert (told["status"], told["error"]) == ("done", None)
    [charge] = till.charges
    assert tasks(product, name) == [f"{name} drew {charge['parameters']}"]
    numbers = [step["number"] for step in told["steps"]]
    assert numbers == sorted(set(numbers))
    assert sum(step["kind"] == "http" for step in told["steps"]) == 3


def test_what_was_recorded_before_a_change_is_not_looked_at_again(product, server, till):
    behavior_id, _ = drawing(product, till)
    server.kill()
    server.start(dying_at="intent committed")
    before = till.drawn
    with contextlib.suppress(OSError, http.client.HTTPException):
        product.api("POST", f"/behaviors/{behavior_id}/run", {"wait": False})
    server.process.wait(LIMIT)
    server.start()

    assert the_run(product, behavior_id, "done", "failed")["status"] == "done"

    assert till.drawn == before + 2
    assert till.charges[0]["parameters"] == str(before + 1)
