"""Which schedules somebody has to look at, and what becomes of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from factotum.core.values import Ref
from factotum.runs.schedules.ports import LEASE, Settled
from factotum.store.due import StoredDueTable
from factotum.store.models import Behavior, Schedule

DAILY = {"repeat_patterns": "0 8 * * *", "timezone": "UTC"}
RECURRENT = "event.behavior.recurrent"

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    return StoredDueTable()


@pytest.fixture
def daily(store, bot):
    return store.create(
        "behavior",
        {"bot_id": bot.id, "title": "Daily", "event_key": RECURRENT, "event_params": DAILY},
    )


def settled(due, **kept):
    return Settled(due, **kept)


def test_a_new_recurrent_behavior_is_looked_at(table, daily):
    [due] = table.claim(1000.0, 10)

    assert (due.behavior_id, due.next_at, due.params, due.is_live) == (daily.id, None, DAILY, True)


def test_another_behavior_is_not(store, bot, table):
    store.create("behavior", {"bot_id": bot.id, "title": "By hand", "event_key": "event.macro.bot"})

    assert table.earliest() is None
    assert table.claim(1e12, 10) == []


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(table, daily):
    assert len(table.claim(1000.0, 10)) == 1
    assert table.claim(1000.0 + LEASE - 1, 10) == []
    assert len(table.claim(1000.0 + LEASE, 10)) == 1


def test_what_is_settled_is_looked_at_when_it_is_due(table, daily):
    [due] = table.claim(1000.0, 10)
    table.settle([settled(due, next_at=5000, fingerprint="f", fired=(1000, "run"))], 1001.0)

    assert table.earliest() == 5000
    assert table.claim(4999.9, 10) == []
    [due] = table.claim(5000.0, 10)
    assert (due.next_at, due.fingerprint) == (5000, "f")
    row = Schedule.objects.get()
    assert (row.last_due, row.last_run_id, row.fired_at) == (1000, "run", 1001.0)


def test_who_settles_second_changes_nothing(table, daily):
    [due] = table.claim(1000.0, 10)
    table.settle([settled(due, next_at=5000, fingerprint="f")], 1000.0)
    table.settle([settled(due, next_at=6000, fingerprint="f")], 1000.0)

    assert Schedule.objects.get().next_at == 5000


def test_a_change_meanwhile_is_looked_at_whatever_was_settled(store, table, daily):
    [due] = table.claim(1000.0, 10)
    store.update(daily.ref, {"event_params": {"repeat_patterns": "0 9 * * *"}})
    table.settle([settled(due, next_at=5000, fingerprint="f")], 1000.0)

    assert table.earliest() == 0
    [due] = table.claim(1000.0, 10)
    assert due.params == {"repeat_patterns": "0 9 * * *"}


def test_a_change_keeps_what_was_planned(store, table, daily):
    [due] = table.claim(1000.0, 10)
    table.settle([settled(due, next_at=5000, fingerprint="f")], 1000.0)
    store.update(daily.ref, {"title": "Each day"})

    [due] = table.claim(1001.0, 10)
    assert (due.next_at, due.fingerprint, due.is_live) == (5000, "f", True)


def test_a_disabled_behavior_or_bot_is_not_live(store, bot, table, daily):
    store.update(daily.ref, {"is_disabled": True})
    assert [due.is_live for due in table.claim(1000.0, 10)] == [False]

    store.update(daily.ref, {"is_disabled": False})
    table.settle([settled(due) for due in table.claim(1000.0, 10)], 1000.0)
    assert table.earliest() is None

    store.update(bot.ref, {"is_disabled": True})
    assert [due.is_live for due in table.claim(1000.0, 10)] == [False]


def test_a_bots_other_changes_disturb_no_schedule(store, bot, table, daily):
    table.settle([settled(due) for due in table.claim(1000.0, 10)], 1000.0)
    store.update(bot.ref, {"name": "Robot"})

    assert table.earliest() is None


def test_a_behavior_that_waits_for_something_else_now_has_no_schedule(store, table, daily):
    store.update(daily.ref, {"event_key": "event.macro.bot"})

    assert Schedule.objects.count() == 0


def test_a_deleted_behavior_has_none_either(store, bot, table, daily):
    store.delete(Ref("bot", bot.id))

    assert Schedule.objects.count() == 0


def _many(bot, count, *, due):
    """So many schedules, the first ``due`` of them due at 1000, the others later."""
    behaviors = Behavior.objects.bulk_create(
        Behavior(bot_id=bot.id, title=f"B{n}", event_key=RECURRENT, event_params=DAILY, revision=1)
        for n in range(count)
    )
    Schedule.objects.bulk_create(
        Schedule(
            behavior=behavior,
            next_at=1000 if n < due else 10_000 + n,
            look_at=1000 if n < due else 10_000 + n,
            fingerprint="f",
        )
        for n, behavior in enumerate(behaviors)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _plan_of(query):
    return query.explain().lower()


def test_ten_thousand_schedules_cost_no_more_than_those_due(bot, table):
    """Both questions of a look are answered from the index, without sorting or reading the rest."""
    _many(bot, 10_000, due=3)
    rows = Schedule.objects.all()
    due = rows.filter(look_at__lte=1000.0).order_by("look_at")

    plans = [
        _plan_of(due.values_list("pk", flat=True)[:100]),
        _plan_of(rows.filter(look_at__isnull=False).order_by("look_at").values_list("look_at")[:1]),
    ]

    for told in plans:
        assert "schedule_look" in told
        assert "sort" not in told
        assert "temp b-tree" not in told
        assert "seq scan" not in told
        assert "scan store_schedule\n" not in f"{told}\n"
    assert len(table.claim(1000.0, 100)) == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_claim_at_once_get_different_ones(bot, table):
    _many(bot, 60, due=60)

    def claim(_):
        try:
            return [due.behavior_id for due in table.claim(1000.0, 20)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        found = [one for each in several.map(claim, range(4)) for one in each]

    assert len(found) == len(set(found))
