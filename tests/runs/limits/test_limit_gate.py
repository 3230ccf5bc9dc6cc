"""Room is looked for before a request and learned from its answer, across workers and restarts."""

import asyncio
from dataclasses import replace
from email.utils import formatdate

import pytest

from factotum.core.errors import NoAnswer, RetryLater
from factotum.core.http import Request, Response
from factotum.core.values import Moment
from factotum.runs.limits.gate import Caller, LimitGate
from factotum.runs.limits.keeping import SharedWindows
from factotum.store.limit_windows import StoredLimits

POST = Request("POST", "https://api.x.com/2/tweets")
ME = Request("GET", "https://api.x.com/2/users/me")
ADA = Caller(1, 9, 0, "@ada")


class Clock:
    def __init__(self):
        import time

        self.at = time.time()

    def __call__(self):
        return Moment.of(self.at)


def told(clock, remaining, *, limit=5, after=900, status=200, body=b""):
    reset = str(int(clock.at) + after)
    headers = (
        ("x-rate-limit-limit", str(limit)),
        ("x-rate-limit-remaining", str(remaining)),
        ("x-rate-limit-reset", reset),
    )
    return Response(status, headers, body)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def worker(transactional_db, threads, clock):
    """Makes workers, each with a memory of its own."""

    def make():
        return LimitGate(SharedWindows(StoredLimits(), threads, clock), clock)

    return make


async def send(gate, clock, remaining, request=POST, caller=ADA, **more):
    place = await gate.enter(request, caller)
    return gate.leave(place, told(clock, remaining, **more))


async def test_nothing_is_sent_when_nothing_is_left(worker, clock):
    gate = worker()
    await send(gate, clock, 0)
    with pytest.raises(RetryLater) as refused:
        await gate.enter(POST, ADA)
    assert refused.value.code == "rate-limited"
    assert refused.value.until == int(clock.at) + 900
    assert "UTC" in refused.value.sentence
    await gate.enter(ME, ADA)
    await gate.enter(POST, Caller(2, 9, 0))
    clock.at += 901
    await gate.enter(POST, ADA)


@pytest.mark.parametrize("url", ["https://files.example/made", "https://api.x.com/2/tweets/7"])
async def test_of_a_redirected_request_the_host_that_answered_has_no_room(worker, clock, url):
    gate = worker()
    await send(gate, clock, 2)
    place = await gate.enter(POST, ADA)
    refused = replace(told(clock, 0, status=429), url=url, is_redirected=True)
    assert (gate.leave(place, refused) is None) == ("example" in url)
    if "example" in url:
        gate.leave(await gate.enter(POST, ADA), None)
    with pytest.raises(RetryLater):  # it has counted for the host that was asked
        await gate.enter(POST, ADA)


async def test_what_is_under_way_counts(worker, clock):
    gate = worker()
    await send(gate, clock, 3)
    places = [await gate.enter(POST, ADA) for _ in range(3)]
    with pytest.raises(RetryLater):
        await gate.enter(POST, ADA)
    gate.leave(places[0], None, NoAnswer("no connection", sent=False))
    await gate.enter(POST, ADA)


async def test_what_may_have_arrived_counts_too(worker, clock):
    gate = worker()
    await send(gate, clock, 1)
    place = await gate.enter(POST, ADA)
    gate.leave(place, None, NoAnswer("cut", sent=True))
    with pytest.raises(RetryLater):
        await gate.enter(POST, ADA)


async def test_it_survives_a_restart(worker, clock):
    before = worker()
    await send(before, clock, 0)
    await before.drain()
    with pytest.raises(RetryLater):
        await worker().enter(POST, ADA)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_what_was_said_while_the_clock_was_ahead_stops_nobody(worker, clock, is_restarted):
    gate = worker()
    clock.at += 5 * 3600
    await send(gate, clock, 0)
    await gate.drain()
    clock.at -= 5 * 3600
    gate = worker() if is_restarted else gate

    await gate.enter(POST, ADA)

    await send(gate, clock, 0, request=ME)  # and what is said now is kept
    await gate.drain()
    with pytest.raises(RetryLater):
        await worker().enter(ME, ADA)


def dated(clock, wrong, response, *more):
    date = ("Date", formatdate(clock.at + wrong, usegmt=True))
    return Response(response.status, (*response.headers, date, *more), response.body)


@pytest.mark.parametrize("wrong", [-180, 180])
async def test_what_a_service_says_of_times_is_meant_by_its_own_clock(worker, clock, wrong):
    gate = worker()
    place = await gate.enter(POST, ADA)
    gate.leave(place, dated(clock, wrong, told(clock, 0, after=wrong + 60)))
    with pytest.raises(RetryLater) as refused:
        await gate.enter(POST, ADA)
    assert refused.value.after == pytest.approx(60, abs=2)

    place = await gate.enter(ME, ADA)
    back = ("Retry-After", formatdate(clock.at + wrong + 40, usegmt=True))
    assert gate.leave(place, dated(clock, wrong, Response(429), back)).after == pytest.approx(
        40, abs=2
    )


@pytest.mark.parametrize(("wrong", "more"), [(7200, ()), (20, ()), (-180, (("Age", "180"),))])
async def test_a_date_that_tells_of_no_clock_changes_nothing(worker, clock, wrong, more):
    gate = worker()
    place = await gate.enter(POST, ADA)
    gate.leave(place, dated(clock, wrong, told(clock, 0), *more))
    with pytest.raises(RetryLater) as refused:
        await gate.enter(POST, ADA)
    assert refused.value.until == int(clock.at) + 900


async def test_other_workers_learn_of_it(worker, clock):
    one, other = worker(), worker()
    await send(other, clock, 4, request=ME)
    await send(one, clock, 0)
    await one.drain()
    await other.refresh()
    with pytest.raises(RetryLater):
        await other.enter(POST, ADA)


async def test_an_apps_day_holds_for_all_its_accounts(worker, clock):
    gate = worker()
    reset = str(int(clock.at) + 5000)
    headers = (
        ("x-app-limit-24hour-limit", "100"),
        ("x-app-limit-24hour-remaining", "0"),
        ("x-app-limit-24hour-reset", reset),
    )
    place = await gate.enter(POST, ADA)
    gate.leave(place, Response(201, headers))
    with pytest.raises(RetryLater) as refused:
        await gate.enter(POST, Caller(2, 9, 0))
    assert refused.value.code == "day-limit"
    assert "POST /2/tweets: 100 in 24 hours for the whole app" in refused.value.sentence
    await gate.enter(POST, Caller(3, 10, 0))


async def test_without_credits_one_request_an_hour_tries_again(worker, clock):
    gate = worker()
    refused = await send(gate, clock, 4, status=402)
    assert refused.code == "out-of-credits"
    with pytest.raises(RetryLater) as stopped:
        await gate.enter(ME, ADA)
    assert stopped.value.code == "out-of-credits"
    with pytest.raises(RetryLater):
        await gate.enter(ME, Caller(2, 9, 0))  # of the same app, whose credits they are
    clock.at += 3601
    probe = await gate.enter(ME, ADA)
    with pytest.raises(RetryLater):
        await gate.enter(POST, ADA)
    clock.at += 1
    gate.leave(probe, told(clock, 4))
    await gate.enter(POST, ADA)


async def test_a_person_says_go_on(worker, clock):
    gate, other = worker(), worker()
    await other.enter(ME, Caller(5, 9, 0))
    await send(gate, clock, 4, status=402)
    await gate.drain()
    await other.refresh()
    clock.at += 1
    assert await gate.go_on(1, 9) == 1
    await gate.enter(POST, ADA)
    await gate.drain()
    await other.refresh()
    await other.enter(POST, ADA)


async def test_refusals_that_say_nothing_are_waited_for_longer_and_longer(worker, clock):
    gate = worker()
    waits = []
    for _ in range(3):
        place = await gate.enter(POST, ADA)
        waits.append(round(gate.leave(place, Response(429)).after))
        clock.at += waits[-1] + 1
    assert waits == [30, 60, 120]


async def test_many_that_are_refused_at_once_are_one_refusal(worker, clock):
    gate = worker()
    places = [await gate.enter(POST, ADA) for _ in range(8)]
    assert [round(gate.leave(each, Response(429)).after) for each in places] == [30] * 8


async def test_who_always_says_come_at_once_is_asked_less_and_less_often(worker, clock):
    gate = worker()
    waits = []
    for _ in range(8):
        place = await gate.enter(POST, ADA)
        waits.append(round(gate.leave(place, Response(429, (("Retry-After", "0"),))).after))
        clock.at += waits[-1] + 1
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_bots_share_what_is_scarce(worker, clock):
    gate = worker()
    await send(gate, clock, 0, limit=20, after=10)
    first, second = Caller(1, 9, 1), Caller(1, 9, 2)
    for caller in (first, second):
        with pytest.raises(RetryLater):
            await gate.enter(POST, caller)
    clock.at += 11
    assert await passes(gate, first, 30) == 10
    assert await passes(gate, second, 30) == 10


async def passes(gate, caller, times):
    through = 0
    for _ in range(times):
        try:
            await gate.enter(POST, caller)
        except RetryLater:
            continue
        through += 1
    return through


async def test_bots_on_different_workers_share_too(worker, clock):
    one, other = worker(), worker()
    await send(one, clock, 8, limit=20, caller=Caller(1, 9, 1))
    await one.drain()
    await other.refresh()
    assert await passes(other, Caller(1, 9, 2), 1) == 1
    await other.drain()
    await one.refresh()
    clock.at += 1
    assert await passes(one, Caller(1, 9, 1), 30) < 8


async def test_many_at_once_do_not_overshoot(worker, clock):
    gate = worker()
    await send(gate, clock, 4)
    sent = 0

    async def one():
        nonlocal sent
        try:
            place = await gate.enter(POST, ADA)
        except RetryLater:
            return
        sent += 1
        left = 4 - sent
        await asyncio.sleep(0)
        gate.leave(place, told(clock, left))

    await asyncio.gather(*[one() for _ in range(50)])
    assert sent == 4


async def test_go_on_opens_a_day_that_is_used_up(worker, clock):
    gate = worker()
    await send(gate, clock, 0, after=50_000)
    with pytest.raises(RetryLater):
        await gate.enter(POST, ADA)
    clock.at += 1
    assert await gate.go_on(1, 9) == 1
    await gate.enter(POST, ADA)
    await gate.drain()
    await worker().enter(POST, ADA)
