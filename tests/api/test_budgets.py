"""Limits and money through the API, as a program uses them, with the sandbox standing in for X."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from .conftest import is_problem


@pytest.fixture
def steered(sandbox):
    """Steers the sandbox; afterwards it is as generous as before."""

    def steer(path, **body):
        connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
        headers = {"content-type": "application/json"}
        connection.request("POST", f"/_sandbox/{path}", json.dumps(body).encode(), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    yield steer
    sandbox.state.settings.limits = {}
    sandbox.state.settings.user_day_limits = {}
    sandbox.state.bills.clear()
    sandbox.state.windows.clear()


@pytest.fixture
def account(product, linked, steered):
    """The account without caps and stops, before and after."""
    account_id = linked["account"]

    def clear():
        product.api("PUT", f"/accounts/{account_id}/caps", {"caps": []})
        product.api("POST", f"/accounts/{account_id}/limits/go-on")

    clear()
    yield account_id
    clear()


def post(product, account, text):
    return product.api("POST", f"/proxy/{account}/https://api.x.com/2/tweets", {"text": text})


def caps(product, account, **cap):
    return product.api("PUT", f"/accounts/{account}/caps", {"caps": [cap]})


def seen(sandbox):
    return len(sandbox.state.seen)


def test_the_proxy_tells_cost_and_budget(product, account):
    caps(product, account, period="day", unit="usd", amount="50")
    answer = post(product, account, "What does this cost?")
    assert answer.status == 201
    assert answer.header("x-factotum-cost") == "0.015"
    budget = answer.header("x-factotum-budget")
    assert budget.startswith("account-day;cap=50.00;left=")
    assert budget.endswith(";unit=usd")
    run = product.api("GET", f"/runs/{answer.header('x-factotum-run')}").json()
    assert run["cost"] == {"usd": "0.015", "is_estimate": False}


def test_over_budget_nothing_is_sent(product, account, sandbox):
    spent = product.api("GET", f"/accounts/{account}/limits").json()["spent"]["day"]["requests"]
    caps(product, account, period="day", unit="requests", amount=spent + 1)
    assert post(product, account, "The last one").status == 201
    before = seen(sandbox)
    refused = post(product, account, "One too many")
    assert "budget" in is_problem(refused, 429, "over-budget")
    assert int(refused.header("retry-after")) <= 86_400
    assert seen(sandbox) == before


def test_the_request_after_the_last_of_a_window_is_not_sent(product, account, steered, sandbox):
    steered("limits", **{"POST /2/tweets": 1})
    assert post(product, account, "The only one of this window").status == 201
    before = seen(sandbox)
    assert "UTC" in is_problem(post(product, account, "Another"), 429, "rate-limited")
    assert seen(sandbox) == before
    [window] = [
        each
        for each in product.api("GET", f"/accounts/{account}/limits").json()["windows"]
        if each["family"] == "POST /2/tweets"
    ]
    assert (window["limit"], window["remaining"]) == (1, 0)


@pytest.mark.parametrize(
    ("bill", "status", "code", "told"),
    [
        ({"month_cap": 0}, 429, "month-cap", 429),
        ({"credits": 0}, 402, "out-of-credits", 402),
    ],
)
def test_cap_and_credits_are_told_apart(
    product, account, steered, sandbox, bill, status, code, told
):
    app = next(iter(sandbox.state.apps.values())).name
    steered("bills", app=app, **bill)
    assert post(product, account, f"First at {code}").status == status
    before = seen(sandbox)
    is_problem(post(product, account, f"Second at {code}"), told, code)
    assert seen(sandbox) == before
    [stop] = product.api("GET", f"/accounts/{account}/limits").json()["stops"]
    assert stop["code"] == code
    steered("bills", app=app, month_cap=None, credits=None)
    assert product.api("POST", f"/accounts/{account}/limits/go-on").json() == {"lifted": 1}
    assert post(product, account, f"Third at {code}").status == 201


def test_the_day_is_told_apart_from_the_window(product, account, steered):
    steered("day-limits", user={"POST /2/tweets": 1})
    assert post(product, account, "The only one today").status == 201
    is_problem(post(product, account, "Another today"), 429, "day-limit")


def test_a_simulation_that_sends_says_what_it_cost(product, linked, account):
    order = {"vars": {"var_text": "Simulated"}, "simulate": True}
    run = product.api("POST", f"/behaviors/{linked['b_post']}/run", order).json()
    assert run["cost"] == {"usd": "0.015", "is_estimate": False}


def test_a_bots_spending_is_counted(product, linked, account):
    def requests():
        spent = product.api("GET", f"/bots/{linked['bot']}/caps").json()["spent"]
        return spent["month"]["requests"]

    before = requests()
    product.api("POST", f"/behaviors/{linked['b_post']}/run", {"vars": {"var_text": "Counted"}})
    assert requests() == before + 1


def test_faulty_caps_and_prices_change_nothing(product, account):
    faulty = caps(product, account, period="day", unit="usd", amount="lots")
    assert "caps.0.amount" in is_problem(faulty, 422, "bad-cap")
    answer = product.api("PUT", "/services/1/prices", {"prices": [{"request": "x", "price": 1}]})
    assert "Price 1" in is_problem(answer, 422, "bad-price")
    assert product.api("GET", f"/accounts/{account}/caps").json()["caps"] == []
    assert product.api("GET", "/services/1/prices").json()["is_own"] is False


def test_prices_can_be_typed_in_and_taken_back(product, linked, account):
    service = product.api("GET", f"/accounts/{account}").json()["service_id"]
    own = {"prices": [{"request": "POST /2/tweets", "price": "7"}]}
    assert product.api("PUT", f"/services/{service}/prices", own).json()["is_own"] is True
    assert post(product, account, "Dear").header("x-factotum-cost") == "7.00"
    back = product.api("PUT", f"/services/{service}/prices", {"prices": None}).json()
    assert back["is_own"] is False
