"""Old runs go in pieces, marked first and removed last; nothing goes that owes an answer."""

from __future__ import annotations

import pytest
from tests.store.rows import effect, run_at

from factotum.runs.run import FORGET, Entry, Piece, Step
from factotum.store import models
from factotum.store.run_retention import StoredOldRuns
from factotum.store.runs_store import RunsStore

pytestmark = pytest.mark.django_db

LATE = 1e9  # seconds; every run of these tests ended before


@pytest.fixture
def runs():
    return RunsStore()


@pytest.fixture
def old():
    return StoredOldRuns()


def steps(*numbers):
    return [Step(number, "0", "action", "Say", "ok", at=1.0) for number in numbers]


def pieces_of(run, tasks=1, each=1):
    """What tasks of it recorded."""
    numbers = [(task, first) for task in range(1, tasks + 1) for first in range(each)]
    return [Piece(run.id, task, first, "sealed") for task, first in numbers]


def chosen(old, first_kept, after="", limit=100):
    return [run.id for run in old.choose(first_kept, after, LATE, limit).runs]


@pytest.mark.parametrize("status", ["queued", "running", "waiting"])
def test_a_run_that_has_not_ended_stays(runs, old, status):
    runs.write([Entry(run_at(1, status=status))])

    assert chosen(old, old.first_kept(100, None)) == []


@pytest.mark.parametrize("state", ["unknown", "intended", "sent"])
def test_a_run_that_owes_an_answer_stays(runs, old, state):
    run = run_at(1, status="failed")
    runs.write([Entry(run, steps(1), [effect(run, 0), effect(run, 1, state)])])

    choice = old.choose(old.first_kept(100, None), "", LATE, 100)

    assert (choice.runs, choice.upto) == ([], run.id)
    assert runs.get(run.id).stop == ""


@pytest.mark.parametrize("status", ["done", "failed", "cancelled", "interrupted"])
def test_a_run_that_has_ended_goes_when_it_is_too_old(runs, old, status):
    run, young = run_at(1, status=status), run_at(200)
    runs.write([Entry(run), Entry(young)])

    assert chosen(old, old.first_kept(100, None)) == [run.id]


def test_of_many_the_newest_stay(runs, old):
    all_ = [run_at(seconds) for seconds in range(1, 8)]
    runs.write([Entry(run) for run in all_])

    assert chosen(old, old.first_kept(0, 3)) == [run.id for run in all_[:4]]
    assert chosen(old, old.first_kept(0, 7)) == []
    assert chosen(old, old.first_kept(0, 70)) == []


def test_age_and_count_hold_both(runs, old):
    all_ = [run_at(seconds) for seconds in range(1, 8)]
    runs.write([Entry(run) for run in all_])

    assert chosen(old, old.first_kept(3, 6)) == [run.id for run in all_[:2]]
    assert chosen(old, old.first_kept(3, 2)) == [run.id for run in all_[:5]]


def test_what_has_just_ended_stays_whatever_the_count(runs, old):
    runs.write([Entry(run_at(seconds)) for seconds in (1, 2, 3)])

    choice = old.choose(old.first_kept(100, 1), "", 3.5, 100)

    assert [run.id for run in choice.runs] == [run_at(1).id, run_at(2).id]


def test_a_failed_run_that_goes_is_not_taken_up_again(runs, old):
    run = run_at(1, status="failed", driver="durable", task=1)
    runs.write([Entry(run)])
    chosen(old, old.first_kept(100, None))

    assert runs.get(run.id).stop == FORGET
    assert not runs.queue_again(run.id, 2)


def test_no_piece_is_larger_than_it_may_be(runs, old):
    run, other = run_at(1), run_at(2)
    runs.write([Entry(run, steps(number)) for number in range(1, 24)])
    runs.write([Entry(run, (), [effect(run, number) for number in range(7)])])
    runs.write([Entry(other, steps(1), [effect(other)])])
    models.DoneChange.objects.bulk_create(
        models.DoneChange(run_id=run.id, path=f"0.{number}", result={}) for number in range(12)
    )
    runs.write([Entry(run, recorded=piece) for piece in pieces_of(run, 2, 9)])
    models.Approval.objects.bulk_create(
        models.Approval(key=f"{run.id}-{number}", run_id=run.id, asked_at=1.0)
        for number in range(6)
    )
    ids = chosen(old, old.first_kept(100, None))

    pieces = []
    while count := old.forget_part(ids, 5):
        pieces.append(count)

    assert max(pieces) <= 5
    assert sum(pieces) == 24 + 8 + 12 + 18 + 6
    tables = models.RunSteps, models.Effect, models.DoneChange, models.Recorded, models.Approval
    for table in tables:
        assert not table.objects.exists()
    assert models.Run.objects.count() == 2
    old.forget(ids)
    assert not models.Run.objects.exists()


def test_what_others_keep_is_not_touched(runs, old):
    gone, kept = run_at(1), run_at(200)
    for run in (gone, kept):
        runs.write([Entry(run, steps(1, 2), [effect(run)], piece) for piece in pieces_of(run)])
        models.DoneChange.objects.create(run_id=run.id, path="0", result={})
    ids = chosen(old, old.first_kept(100, None))
    while old.forget_part(ids, 1):
        pass
    old.forget(ids)

    assert runs.get(gone.id) is None
    assert runs.get(kept.id) is not None
    assert len(runs.steps(kept.id)) == 2
    assert len(runs.effects(kept.id)) == 1
    assert models.DoneChange.objects.filter(run_id=kept.id).count() == 1
    assert runs.recorded(gone.id) == []
    assert runs.recorded(kept.id) == pieces_of(kept)


def test_what_was_begun_is_found_again_after_a_crash(runs, old):
    run = run_at(1)
    runs.write([Entry(run, steps(number)) for number in range(1, 10)])
    first_kept = old.first_kept(100, None)
    old.forget_part(chosen(old, first_kept), 4)

    assert chosen(old, first_kept) == [run.id]


def test_a_run_that_nobody_marked_is_not_removed(runs, old):
    run = run_at(1)
    runs.write([Entry(run)])
    old.forget([run.id])

    assert runs.get(run.id) is not None
