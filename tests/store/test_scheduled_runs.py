"""Runs that behaviors want later."""

import pytest

from factotum.runs.schedules.ports import LEASE, WantedRun
from factotum.store.models import ScheduledRun
from factotum.store.scheduled_runs import StoredScheduledRuns

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted():
    return StoredScheduledRuns()


def test_it_is_there_when_it_is_wanted_and_gone_when_it_runs(wanted):
    wanted.add(5, 100, "", {"on": 7, "var_name": "Ada"})

    assert wanted.earliest() == 100
    assert wanted.claim(99.9, 10) == []
    [run] = wanted.claim(100.0, 10)
    assert run == WantedRun(run.id, 5, 100, {"on": 7, "var_name": "Ada"})
    assert wanted.claim(100.0 + LEASE - 1, 10) == []
    wanted.done([run.id])
    assert wanted.earliest() is None


def test_an_id_is_never_given_twice(wanted):
    wanted.add(5, 100, "", {})
    [first] = wanted.claim(100.0, 10)
    wanted.done([first.id])
    wanted.add(5, 100, "", {})
    [second] = wanted.claim(100.0, 10)

    assert second.id > first.id


@pytest.mark.parametrize(("on_dupe", "kept"), [("first", 100), ("last", 200)])
def test_a_duplicate_is_one_for_the_same_record(wanted, on_dupe, kept):
    for on in (7, 8):
        wanted.add(5, 100, on_dupe, {"on": on})
        wanted.add(5, 200, on_dupe, {"on": on})

    rows = ScheduledRun.objects.order_by("on").values_list("on", "run_at")
    assert list(rows) == [("7", kept), ("8", kept)]

    wanted.remove(5, {"on": 7})
    assert [row.on for row in ScheduledRun.objects.all()] == ["8"]
