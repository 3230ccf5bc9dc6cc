"""Lists of runs are read from indexes that hold only what such lists are about."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import pytest
from django.db import connection
from tests.store.rows import effect, run_at

from factotum.store.models import Effect, Run
from factotum.store.runs_store import RunsStore

pytestmark = pytest.mark.django_db


@cache
def rows():
    """Four thousand runs of twelve behaviors; every tenth failed, behavior 7 never but twice."""
    runs = [
        run_at(
            1000 + n,
            n,
            behavior_id=n % 12,
            status="failed" if (n % 10 == 0 and n % 12 != 7) or n in {19, 31} else "done",
        )
        for n in range(4000)
    ]
    sent = [effect(run, 0, "unknown" if run is runs[5] else "answered") for run in runs]
    return (
        runs,
        [Run(**values_of(run)) for run in runs],
        [Effect(**values_of(each)) for each in sent],
    )


@pytest.fixture
def many():
    runs, of_runs, of_effects = rows()
    Run.objects.bulk_create(of_runs)
    Effect.objects.bulk_create(of_effects)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return runs


def values_of(row):
    return {each.name: getattr(row, each.name) for each in fields(row)}


def plan_of(query):
    return query.explain().lower()


def test_what_failed_is_found_without_reading_what_is_done(many):
    plan = plan_of(Run.objects.having("failed").order_by("-id")[:51])
    assert "run_status" in plan
    assert "temp b-tree" not in plan


def test_what_failed_of_a_behavior_is_found_without_reading_what_failed_of_others(many):
    plan = plan_of(Run.objects.filter(behavior_id=7).having("failed").order_by("-id")[:51])
    assert "run_behavior_status" in plan
    page = RunsStore().page(behavior_id=7, statuses=("failed", "interrupted"))
    assert [run.id for run in page.runs] == [many[31].id, many[19].id]


def test_a_persons_runs_of_a_behavior_are_looked_for_among_those_of_the_behavior_once(
    many, django_assert_num_queries
):
    Run.objects.filter(id=many[31].id).update(worker_id=3)
    Run.objects.filter(id=many[43].id).update(is_shared=True)
    with django_assert_num_queries(1):
        page = RunsStore().page(behavior_id=7, worker_id=3)
    assert [run.id for run in page.runs] == [many[43].id, many[31].id]
    failed = RunsStore().page(behavior_id=7, worker_id=3, statuses=("failed", "interrupted"))
    assert [run.id for run in failed.runs] == [many[31].id]


def test_what_waits_is_counted_without_reading_what_is_done(many):
    for status in ("queued", "running", "waiting"):
        assert "run_status" in plan_of(Run.objects.having(status))


def test_what_nobody_knows_is_found_among_what_is_open(many):
    assert "effect_open" in plan_of(Effect.objects.open().filter(state="unknown"))
    assert RunsStore().count_unsettled() == 1
