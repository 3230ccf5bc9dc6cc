"""A clock is compared with PostgreSQL's, and what differs is told of living processes only."""

from datetime import timedelta

import pytest
from django.db import connection

from factotum.clock import SystemClock
from factotum.store.clocks import StoredClocks
from factotum.store.presences import StoredPresences

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("hours", [0, 2, -2])
def test_a_clock_is_compared_with_that_of_a_server(hours):
    class Wrong(SystemClock):
        def __call__(self):
            moment = super().__call__()
            return type(moment)(moment.at + timedelta(hours=hours), moment.seed)

    ahead = StoredClocks().ahead(Wrong())

    if connection.vendor == "postgresql":
        assert ahead == pytest.approx(hours * 3600, abs=5)
    else:
        assert ahead is None  # a file has no clock


def test_only_living_processes_are_told():
    clocks, presences = StoredClocks(), StoredPresences()
    for name, ahead in (("here-12-5-a", 600.0), ("here-13-5-b", -600.0), ("here-14-5-c", 1.0)):
        presences.enter(name)
        clocks.keep(name, ahead)
    assert presences.mark_dead("here-13-5-b", 0)
    clocks.keep("gone-15-5-d", 600.0)

    [wrong] = clocks.wrong(5.0)

    assert (wrong.process, wrong.ahead) == ("12", 600.0)
    assert wrong.host
