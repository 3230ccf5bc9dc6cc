"""A service is slow while a request that it did not answer in time is unknown, around that time."""

import pytest
from tests.store.rows import effect, run_at

from factotum.runs.run import Entry
from factotum.store.runs_store import RunsStore
from factotum.store.slow_services import StoredSlowServices

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("changes", "is_slow"),
    [
        ({}, True),
        ({"timed_out": None}, False),
        ({"state": "settled"}, False),
        ({"state": "answered"}, False),
        ({"number": 1}, True),
        ({"number": -1}, False),
    ],
)
def test_a_service_is_slow_where_something_is_unknown_for_want_of_time(changes, is_slow):
    run = run_at(100.0)
    row = effect(run, **{"state": "unknown", "timed_out": True, **changes})
    RunsStore().write([Entry(run, [], [row])])
    slow = StoredSlowServices()

    assert slow.is_slow("api.x.com", since=5.0) is is_slow
    assert not slow.is_slow("api.github.com", since=5.0)
