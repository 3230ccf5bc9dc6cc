from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.linking.bench import CALLBACK, OAUTH1
from tests.servers.loopback import Answered

from factotum.linking.doctor import Doctor, check_callback, check_seen, check_transport


def doctor(bench, base_url="https://bots.example.com", clocks=()) -> Doctor:
    async def wrong():
        return clocks

    return Doctor(base_url, bench.store, bench.door, bench.threads, bench.clock, wrong)


def test_it_tells_which_callback_to_register():
    assert CALLBACK in check_callback("https://bots.example.com").sentence


@pytest.mark.parametrize(
    ("base_url", "is_good"),
    [
        ("https://bots.example.com", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://bots.example.com", False),
        ("http://192.168.1.5:8000", False),
    ],
)
def test_it_wants_https_but_for_a_machine_that_talks_to_itself(base_url, is_good):
    assert check_transport(base_url).is_good is is_good


def test_it_sees_that_a_proxy_hides_the_address():
    check = check_seen("http://127.0.0.1:8000", "https://bots.example.com/setup")
    assert not check.is_good
    assert "Set FACTOTUM_BASE_URL to https://bots.example.com" in check.sentence
    assert check_seen("https://bots.example.com", "https://BOTS.example.com/x").is_good


async def test_it_asks_each_provider_without_credentials(bench, oauth1):
    bench.service(OAUTH1, oauth1.register(CALLBACK))
    check = (await doctor(bench).checks())[-1]
    assert (check.code, check.is_good) == ("provider-reached", True)
    assert [(asked.method, asked.path) for asked in oauth1.asked] == [("HEAD", "/")]
    assert "authorization" not in oauth1.asked[0].headers


@pytest.mark.parametrize(("minutes", "side"), [(-20, "ahead of"), (20, "behind")])
async def test_it_sees_a_clock_that_is_off(bench, oauth1, minutes, side):
    oauth1.date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    bench.service(OAUTH1, oauth1.register(CALLBACK))
    check = (await doctor(bench).checks())[-1]
    assert (check.code, check.is_good) == ("clock-wrong", False)
    assert f"20 minutes {side}" in check.sentence


async def test_a_date_that_cannot_be_read_is_no_fault(bench, oauth1):
    oauth1.date = "yesterday"
    bench.service(OAUTH1, oauth1.register(CALLBACK))
    assert (await doctor(bench).checks())[-1].is_good


async def test_it_tells_what_the_guard_does_not_let_through(bench, oauth1):
    params = oauth1.register(CALLBACK) | {"request_token_url": "http://10.1.2.3/token"}
    bench.service(OAUTH1, params)
    check = (await doctor(bench).checks())[-1]
    assert (check.code, check.is_good) == ("private-address", False)
    assert "FACTOTUM_ALLOW_HOSTS" in check.sentence


async def test_it_tells_a_provider_that_is_not_there(bench, oauth1):
    params = oauth1.register(CALLBACK) | {"request_token_url": "http://127.0.0.1:9/token"}
    bench.service(OAUTH1, params)
    assert (await doctor(bench).checks())[-1].code == "no-connection"


async def test_an_answer_of_any_status_means_that_it_is_reached(bench, oauth1):
    oauth1.fail_next("/", Answered(500))
    bench.service(OAUTH1, oauth1.register(CALLBACK))
    assert (await doctor(bench).checks())[-1].code == "provider-reached"


async def test_it_tells_of_machines_whose_clocks_differ(bench):
    (check,) = [
        each for each in await doctor(bench, clocks=["It is late."]).checks() if not each.is_good
    ]
    assert (check.code, check.sentence) == ("clocks-differ", "It is late.")


async def test_services_without_an_address_are_passed_over(bench):
    bench.service("cerb.service.provider.token.bearer", {})
    bench.service(OAUTH1, {}, is_disabled=True)
    checks = await doctor(bench).checks("https://bots.example.com/setup")
    assert [check.code for check in checks] == [
        "callback-address",
        "base-url-https",
        "base-url-seen",
    ]
    assert all(check.as_json()["is_good"] for check in checks)
