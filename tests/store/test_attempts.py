"""Attempts are counted by whoever shares the database, and forgotten when they count no longer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from factotum.store.attempts import AttemptCounter
from factotum.store.models import Attempts

pytestmark = pytest.mark.django_db

THREE = ((3, 60.0),)


@pytest.fixture
def here():
    return AttemptCounter()


@pytest.fixture
def elsewhere():
    """The counter of another process, maybe on another machine."""
    return AttemptCounter()


def ago(**since):
    """Let everything counted have happened so long ago."""
    for row in Attempts.objects.all():
        row.times = [at - timedelta(**since).total_seconds() for at in row.times]
        row.save()
    Attempts.objects.update(last_at=F("last_at") - timedelta(**since))


def test_all_who_share_the_database_count_together(here, elsewhere):
    taken = [one.take({"a": THREE}) for one in (here, elsewhere, here, elsewhere, here)]

    assert taken == [True] * 3 + [False] * 2
    assert here.take({"b": THREE})


def test_there_is_room_again_when_the_time_is_over(here):
    rates = ((2, 60.0), (3, 3600.0))
    assert [here.take({"a": rates}) for _ in range(3)] == [True, True, False]
    ago(seconds=61)
    assert [here.take({"a": rates}) for _ in range(2)] == [True, False]  # three within the hour
    ago(seconds=3600)
    assert here.take({"a": rates})


def test_a_clock_that_was_set_back_neither_frees_nor_shuts_out_for_long(here):
    for _ in range(3):
        here.take({"a": THREE})
    ago(seconds=-30)
    assert not here.take({"a": THREE})
    ago(days=-1)
    assert here.take({"a": THREE})


def test_what_is_refused_by_one_limit_counts_for_none(here):
    for _ in range(3):
        assert here.take({"name": THREE, "address": ((4, 60.0),)})

    with CaptureQueriesContext(connection) as asked:
        assert not here.take({"name": THREE, "address": ((4, 60.0),)})
        assert len(asked) == 1  # and nothing is written
    assert here.take({"address": ((4, 60.0),)})
    assert not here.take({"address": ((4, 60.0),)})


def test_what_turns_out_right_was_no_failure(here, elsewhere):
    for _ in range(5):
        assert here.take({"name": THREE, "address": THREE})
        elsewhere.give_back(["name", "address", "never counted"])

    assert Attempts.objects.get(pk="name").times == []


def test_what_counts_no_longer_is_deleted_and_the_table_is_bounded():
    counter = AttemptCounter(most_rows=3)
    counter.take({"long ago": THREE})
    ago(hours=2)
    counter.take({"twice": THREE})
    counter.take({"twice": THREE})
    for number in range(4):
        counter.take({f"once {number}": THREE})

    counter.sweep()

    keys = {row.key for row in Attempts.objects.all()}
    assert len(keys) == 3
    assert "twice" in keys  # of what counts least, some of it
