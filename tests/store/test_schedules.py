"""Schedules as people see them."""

import pytest

from factotum.core.values import Owner
from factotum.store.due import StoredDueTable
from factotum.store.models import Schedule
from factotum.store.schedules import StoredSchedules

RECURRENT = "event.behavior.recurrent"

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedules():
    return StoredSchedules()


@pytest.fixture
def recurrent(store, bot):
    def make(title, next_at, bot_id=bot.id):
        record = store.create(
            "behavior", {"bot_id": bot_id, "title": title, "event_key": RECURRENT}
        )
        Schedule.objects.filter(pk=record.id).update(next_at=next_at, look_at=next_at)
        return record

    return make


def titles(page):
    return [each.title for each in page.schedules]


def test_the_next_comes_first_and_what_does_not_fire_last(schedules, recurrent):
    for title, next_at in [("Off", None), ("Late", 300), ("Soon", 100), ("Also soon", 100)]:
        recurrent(title, next_at)

    page = schedules.page(None, None, 10)

    assert titles(page) == ["Soon", "Also soon", "Late", "Off"]
    assert page.after is None


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_leave_nothing_out_and_show_nothing_twice(schedules, recurrent, size):
    for number, next_at in enumerate([100, 100, 200, None, None]):
        recurrent(f"B{number}", next_at)
    seen, after = [], None
    while True:
        page = schedules.page(None, after, size)
        seen += titles(page)
        after = page.after
        if after is None:
            break

    assert seen == [f"B{number}" for number in range(5)]


def test_a_person_sees_those_of_their_own_bots_and_of_the_apps(store, schedules, recurrent):
    adas = store.create("bot", {"name": "Ada's", "owner__context": "worker", "owner_id": 7})
    recurrent("The app's", 100)
    recurrent("Ada's", 200, adas.id)

    assert titles(schedules.page([Owner("app")], None, 10)) == ["The app's"]
    assert titles(schedules.page([Owner("worker", 7)], None, 10)) == ["Ada's"]
    assert titles(schedules.page([Owner("worker", 8)], None, 10)) == []


def test_one_that_is_paused_is_looked_at_and_not_live(schedules, recurrent):
    record = recurrent("Daily", 100)
    schedules.pause(record.id, is_paused=True)

    [due] = StoredDueTable().claim(50.0, 10)
    assert (due.is_live, due.next_at) == (False, None)
    assert schedules.get(record.id).is_paused
    assert not schedules.get(record.id).is_live


def test_pausing_twice_is_pausing_once(schedules, recurrent):
    record = recurrent("Daily", 100)
    schedules.pause(record.id, is_paused=False)

    assert schedules.get(record.id).next_at == 100
    assert schedules.get(404) is None
