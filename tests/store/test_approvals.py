"""What runs ask people for: said once, and only while nobody walks the run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.store.rows import run_at

from factotum.runs.approvals import Approval
from factotum.runs.run import Entry
from factotum.store.approvals import StoredApprovals
from factotum.store.runs_store import RunsStore

pytestmark = pytest.mark.django_db


def asked(status="waiting", path="0#0"):
    """What a run asks that is as it says."""
    run = run_at(1, status=status, driver="durable", task=1, wait_code="approval", ended_at=None)
    RunsStore().write([Entry(run)])
    question = Approval(f"{run.id}-{path}", run.id, path, "Really?\0", asked_at=5.0, worker_id=3)
    return StoredApprovals().ask(question)


def said(question, outcome="approved"):
    changed = replace(question, outcome=outcome, said_by="ada", comment="\ud800", said_at=7.0)
    return StoredApprovals().say(changed)


def test_what_is_said_is_kept_once_and_the_run_is_due():
    question = asked()
    assert StoredApprovals().open(3) == [question]
    assert StoredApprovals().open(4) == []

    assert said(question)
    assert not said(question, "refused")

    kept = StoredApprovals().ask(question)
    assert (kept.outcome, kept.comment, kept.message) == ("approved", "\ufffd", "Really?\ufffd")
    assert StoredApprovals().expire(question.key, 9.0) == kept
    assert [run.id for run in RunsStore().due(7.0, 5)] == [question.run_id]
    assert StoredApprovals().count(None) == 0


@pytest.mark.parametrize("status", ["running", "cancelled"])
def test_while_a_run_is_walked_and_after_its_end_nothing_can_be_said(status):
    question = asked(status)
    assert not said(question)
    assert StoredApprovals().count(3) == (status == "running")


def test_what_a_run_asked_that_has_ended_is_forgotten_after_a_while():
    question = asked("cancelled")
    store, end = StoredApprovals(), 1000.0
    run = RunsStore().get(question.run_id)
    RunsStore().write([Entry(replace(run, ended_at=end))])

    assert store.purge(end) == 0
    assert store.purge(end + 1) == 1
    assert store.get(question.key, None) is None


def test_what_was_said_or_is_asked_is_kept():
    question = asked()
    assert StoredApprovals().purge(1e12) == 0
    assert said(question)
    RunsStore().write(
        [Entry(replace(RunsStore().get(question.run_id), status="done", ended_at=9.0))]
    )
    assert StoredApprovals().purge(1e12) == 0
    assert StoredApprovals().get(question.key, None).outcome == "approved"


def test_a_run_asks_one_thing_at_a_time():
    first, second = asked(), asked(path="1#0")
    assert StoredApprovals().open(None) == [second]
    assert StoredApprovals().get(first.key, None) is None
