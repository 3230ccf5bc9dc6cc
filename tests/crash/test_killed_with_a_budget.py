"""What a killed process had reserved of a budget: a run that goes on finds room, and pays once."""

import pytest
from tests.crash.conftest import posts, tweets_of
from tests.crash.test_durable_runs_go_on import submit, until


@pytest.fixture
def one_more(product, server, bot):
    """Room for one request today, of the behavior that posts; how much of that is used."""
    path = f"/behaviors/{bot['b_post']}/caps"
    before = product.api("GET", path).json()["spent"]["day"]["requests"]
    cap = {"period": "day", "unit": "requests", "amount": before + 1}
    assert product.api("PUT", path, {"caps": [cap]}).status == 200
    yield lambda: product.api("GET", path).json()["caps"][0]["used"] - before
    product.api("PUT", path, {"caps": []})


def test_a_post_that_never_left_holds_no_room_once_the_service_says_so(
    product, server, sandbox, bot, one_more
):
    server.kill()
    server.start(dying_at="intent committed")
    run_id = submit(product, bot["b_post"], "Within the budget")
    server.process.wait(60)

    server.start()

    assert until(product, run_id, "done", "failed")["status"] == "done"
    assert len(posts(sandbox)) == len(tweets_of(sandbox, "Within the budget")) == 1
    assert one_more() == 1


def test_a_post_that_arrived_is_paid_once_and_uses_the_room_up(
    product, server, sandbox, bot, one_more
):
    server.kill()
    server.start(dying_at="answer received")
    run_id = submit(product, bot["b_post"], "Paid for")
    server.process.wait(60)

    server.start()

    assert until(product, run_id, "done", "failed")["status"] == "done"
    assert len(posts(sandbox)) == len(tweets_of(sandbox, "Paid for")) == 1
    assert one_more() == 1
    waiting = until(product, submit(product, bot["b_post"], "No room"), "waiting", "done")
    assert waiting["wait_code"] == "over-budget"
    assert tweets_of(sandbox, "No room") == []
