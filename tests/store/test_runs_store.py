"""Journals are written in batches, whole or not at all, and read back in order."""

from dataclasses import replace

import pytest

from factotum.runs.run import EffectRow, Entry, Run, Step
from factotum.store import models
from factotum.store.presences import StoredPresences
from factotum.store.runs_store import RunsStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs():
    return RunsStore()


def run_at(seconds, number=0, **values):
    kept = {"title": "T", "trigger": "api", "driver": "attended", "status": "running", **values}
    return Run(id=f"{int(seconds * 1000):012x}{number:020x}", started_at=seconds, **kept)


def step(number, **values):
    return Step(
        number, "0.1", "action", "Say", "ok", at=5.5, ms=1.25, data={"z": 1, "a": [None]}, **values
    )


def effect(run, number=0, state="intended", **values):
    return EffectRow(
        key=f"{run.id}:0#0:{number}",
        run_id=run.id,
        path="0#0",
        state=state,
        method="POST",
        url="https://api.x.com/2/tweets",
        host="api.x.com",
        fingerprint="f" * 64,
        intended_at=5.0 + number,
        **values,
    )


def test_what_was_written_is_read_back(runs):
    run = run_at(
        1000,
        behavior_id=1,
        revision=2,
        bot_id=3,
        worker_id=4,
        actor="alice",
        placeholders={"b": 1, "a": {"n": [1.5, None]}},
        answer={"status": 200},
    )
    runs.write([Entry(run, [step(2), step(1)], [effect(run, 1, account_id=9), effect(run, 0)])])

    assert runs.get(run.id) == run
    assert list(runs.get(run.id).placeholders) == ["b", "a"]
    assert runs.steps(run.id) == [step(1), step(2)]
    assert runs.effects(run.id) == [effect(run, 0), effect(run, 1, account_id=9)]


def test_what_is_newer_replaces_the_run_and_its_effects_also_within_a_batch(runs):
    run = run_at(1000)
    runs.write([Entry(run, [], [effect(run)])])

    done = replace(run, status="done", ended_at=1001.5)
    answered = effect(run, state="answered", status_code=201, answered_at=5.5)
    runs.write([Entry(replace(run, status="waiting"), [step(1)]), Entry(done, [], [answered])])

    assert runs.get(run.id) == done
    assert runs.effects(run.id) == [answered]
    assert runs.steps(run.id) == [step(1)]


def test_what_was_said_of_an_effect_stands_whatever_a_walk_writes(runs):
    run = run_at(1000)
    runs.write([Entry(run, [], [effect(run, state="unknown")])])
    said = effect(run, state="settled", outcome="happened", said_by="alice")
    assert runs.settle(said)

    runs.write([Entry(run, [], [effect(run, state="settled", outcome="not-done")])])
    runs.write([Entry(run, [], [effect(run, state="unknown")])])

    assert runs.effects(run.id) == [said]


def test_a_batch_that_fails_leaves_nothing(runs):
    good, bad = run_at(1), run_at(2, title=None)

    with pytest.raises(Exception, match=r"(?i)null"):
        runs.write([Entry(good, [step(1)], [effect(good)]), Entry(bad)])

    assert models.Run.objects.count() == models.RunSteps.objects.count() == 0
    assert models.Effect.objects.count() == 0


def test_a_journal_is_written_whatever_a_script_has_made(runs):
    endless: list = []
    endless.append(endless)
    run = run_at(1, error="nul \0 half \ud83d", placeholders={1: {2, 3}, "big": 2**80, "x": "\0"})
    runs.write([Entry(run, [replace(step(1), data=endless), replace(step(2), data={"o": object})])])

    kept = runs.get(run.id)
    assert kept.error == "nul \ufffd half \ufffd"
    assert kept.placeholders["big"] == 2**80
    assert kept.placeholders["x"] == "\0"
    assert "not_kept" in runs.steps(run.id)[0].data


def test_an_empty_batch_and_an_unknown_run_are_nothing(runs):
    runs.write([])

    assert runs.get("0" * 32) is None
    assert runs.steps("0" * 32) == []


def test_lists_are_newest_first_and_page_on(runs):
    all_runs = [run_at(1000 + number, placeholders={"a": 1}) for number in range(5)]
    runs.write([Entry(run) for run in all_runs])

    first = runs.page(limit=2)
    second = runs.page(limit=2, after=first.cursor)
    third = runs.page(limit=2, after=second.cursor)

    ids = [run.id for page in (first, second, third) for run in page.runs]
    assert ids == [run.id for run in reversed(all_runs)]
    assert third.cursor == ""
    assert first.runs[0].placeholders == {}


def test_lists_are_limited_to_a_behavior_a_status_and_a_person(runs):
    made = [
        run_at(1, bot_id=5, behavior_id=7),
        run_at(2, bot_id=6, worker_id=2, status="failed"),
        run_at(3, bot_id=5, worker_id=1, behavior_id=7),
        run_at(4),
    ]
    runs.write([Entry(run) for run in made])

    def starts(**limits):
        return [run.started_at for run in runs.page(**limits).runs]

    assert starts(behavior_id=7) == [3, 1]
    assert starts(statuses=["failed"]) == [2]
    assert starts(worker_id=1) == [3, 1]
    assert starts(worker_id=2) == [2, 1]
    assert starts(worker_id=2, statuses=["failed"], behavior_id=7) == []


def test_a_persons_list_pages_through_theirs_and_the_shared_ones_together(runs):
    made = [
        run_at(number, bot_id=5, worker_id=None if number % 3 else 1 + number % 2)
        for number in range(1, 10)
    ]
    runs.write([Entry(run) for run in made])
    wanted = [run.id for run in reversed(made) if run.worker_id in {None, 1}]

    seen, cursor = [], ""
    while True:
        page = runs.page(worker_id=1, limit=2, after=cursor)
        seen += [run.id for run in page.runs]
        cursor = page.cursor
        if not cursor:
            break

    assert seen == wanted


def test_after_a_crash_running_ones_are_interrupted_and_what_may_have_left_is_unknown(runs):
    running = run_at(1, executor="here")
    waiting, done = run_at(2, status="waiting"), run_at(3, status="done")
    elsewhere = run_at(4, executor="elsewhere")
    runs.write(
        [
            Entry(
                running,
                [],
                [
                    effect(running, n, each)
                    for n, each in enumerate(["intended", "answered", "sent"])
                ],
            ),
            Entry(waiting),
            Entry(elsewhere),
            Entry(done, [], [effect(done, 0, state="refused")]),
        ]
    )
    chat = models.Conversation.objects.create(
        worker_id=1, bot_id=1, busy_run=running.id, busy_by="here", created_at=0, updated_at=0
    )

    left = runs.interrupt(["here"], 99.0)

    assert [run.id for run in left] == [running.id]
    kept = runs.get(running.id)
    assert (kept.status, kept.ended_at, kept.code) == ("interrupted", 99.0, "interrupted")
    assert [each.state for each in runs.effects(running.id)] == ["unknown", "answered", "unknown"]
    assert runs.get(waiting.id) == waiting
    assert runs.get(elsewhere.id) == elsewhere
    assert runs.get(done.id) == done
    chat.refresh_from_db()
    assert chat.busy_run == ""
    assert "may have arrived" in chat.messages[-1]["text"]
    assert runs.interrupt(["here"], 100.0) == []


def test_a_chat_whose_run_never_reached_the_disk_takes_answers_again(runs):
    chat = models.Conversation.objects.create(
        worker_id=1, bot_id=1, busy_run="f" * 32, busy_by="here", created_at=0, updated_at=0
    )

    runs.interrupt(["here"], 99.0)

    chat.refresh_from_db()
    assert chat.busy_run == ""
    assert "answer again" in chat.messages[-1]["text"]


def test_what_nobody_knows_is_listed_and_counted_for_whom_it_concerns(runs):
    mine, theirs = run_at(1, worker_id=1, status="done"), run_at(2, worker_id=2, status="done")
    runs.write(
        [
            Entry(mine, [], [effect(mine, 0, state="unknown"), effect(mine, 1, state="answered")]),
            Entry(theirs, [], [effect(theirs, 0, state="unknown")]),
            Entry(run_at(3, worker_id=1)),
        ]
    )

    assert [each.run_id for each in runs.unsettled()] == [mine.id, theirs.id]
    assert [each.run_id for each in runs.unsettled(worker_id=2)] == [theirs.id]
    assert (runs.count_unsettled(), runs.count_unsettled(most=1)) == (2, 1)
    assert runs.count_unsettled(worker_id=1) == 1
    assert [run.id for run in runs.page(is_unsettled=True).runs] == [theirs.id, mine.id]
    assert [run.id for run in runs.page(is_unsettled=True, worker_id=1).runs] == [mine.id]


def test_runs_of_several_statuses_come_in_one_order(runs):
    statuses = ["failed", "done", "interrupted", "failed", "queued"]
    runs.write([Entry(run_at(n, status=status)) for n, status in enumerate(statuses, 1)])

    found = runs.page(statuses=["failed", "interrupted"], limit=2)
    rest = runs.page(statuses=["failed", "interrupted"], limit=2, after=found.cursor)

    assert [run.started_at for run in (*found.runs, *rest.runs)] == [4, 3, 1]


def test_a_run_remembers_after_what_it_went_on(runs):
    waits = {"wait_code": "retry", "wait_reason": "It was not well.", "wake_at": 5.0}
    run = run_at(1, driver="durable", status="waiting", task=1, **waits)
    runs.write([Entry(run)])

    assert runs.queue_again(run.id, 2)
    assert not runs.queue_again(run.id, 2)
    runs.write([Entry(replace(run, status="running", task=2, executor="here"))])
    runs.interrupt(["here"], 99.0)
    runs.interrupt(["here"], 100.0)
    there = replace(run, status="running", task=2, executor="there")
    runs.write([Entry(there), Entry(replace(there, status="failed", error="403"))])
    assert runs.queue_again(run.id, 3)

    told = [(one["task"], one["code"], one["reason"]) for one in runs.get(run.id).went_on]
    assert told == [
        (1, "retry", "It was not well."),
        (2, "taken-over", "The process that did this had ended, or stood still."),
        (2, "failed", "403"),
    ]
    assert runs.get(run.id).went_on[1]["at"] == 99.0


def test_those_that_still_wait_are_queued_again_together(runs):
    waits = {"driver": "durable", "status": "waiting", "wake_at": 5.0}
    first, other, held = [run_at(n, task=n, **waits) for n in (1, 2, 3)]
    runs.write([Entry(first), Entry(other), Entry(held)])
    runs.ask_to_stop(held.id, "hold", 4.0)

    runs.queue_all_again({run.id: run.task + 1 for run in (held, other, first)})

    found = [runs.get(run.id) for run in (first, other, held)]
    assert [(run.status, run.task) for run in found] == [
        ("queued", 2),
        ("queued", 3),
        ("waiting", 3),
    ]


def test_what_is_written_late_does_not_undo_what_a_later_task_has_done(runs):
    waits = {"wait_code": "retry", "wait_reason": "It was not well.", "wake_at": 5.0}
    run = run_at(1, driver="durable", status="waiting", task=1, executor="here", **waits)
    runs.write([Entry(run)])
    runs.queue_again(run.id, 2)

    runs.write([Entry(run)])

    assert (runs.get(run.id).status, runs.get(run.id).task) == ("queued", 2)


def test_who_was_taken_for_dead_writes_nothing_of_what_another_process_walks_now(runs):
    lives = StoredPresences()
    for name in ("here", "there"):
        lives.enter(name)
    run = run_at(1, driver="durable", status="running", task=1, executor="here~0")
    runs.write([Entry(run, effects=[effect(run)])])
    lives.mark_dead("here", 0)
    other = replace(run, executor="there~0")
    runs.write([Entry(other, effects=[effect(run, state="answered")])])

    refused = Entry(
        replace(run, status="waiting", wake_at=5.0),
        effects=[effect(run, state="refused")],
    )
    runs.write([refused])
    lives.enter("here")  # it wakes up, to another life
    runs.write([refused])

    assert (runs.get(run.id).status, runs.get(run.id).executor) == ("running", "there~0")
    assert [each.state for each in runs.effects(run.id)] == ["answered"]
    runs.write([Entry(replace(other, status="done"))])
    assert runs.get(run.id).status == "done"


def test_who_stood_still_and_is_alive_again_is_not_told_as_interrupted(runs):
    lives = StoredPresences()
    lives.enter("here")
    runs.write([Entry(run_at(1, status="running", executor="here"))])

    assert runs.interrupt(["here"], 99.0) == []

    lives.mark_dead("here", 0)
    assert [each.id for each in runs.interrupt(["here"], 99.0)] == [run_at(1).id]


def test_a_clock_that_was_wrong_makes_nobody_wait_but_who_is_held(runs):
    waits = {"driver": "durable", "status": "waiting", "task": 1, "wait_code": "retry"}
    runs.write([Entry(run_at(1, **waits, wake_at=5_000.0)), Entry(run_at(2, **waits))])

    runs.wake_all(100.0)

    assert [each.id for each in runs.due(100.0, 9)] == [run_at(1).id]


def test_a_held_run_is_not_woken_until_it_is_let_go(runs):
    run = run_at(1, driver="durable", status="waiting", task=1, wait_code="retry", wake_at=5.0)
    runs.write([Entry(run)])
    assert [each.id for each in runs.due(6.0, 9)] == [run.id]

    assert runs.ask_to_stop(run.id, "hold", 6.0).wait_code == "held"

    assert not runs.queue_again(run.id, 2)
    assert runs.put_off(run.id, 2)
    assert not runs.due(1e12, 9)
    runs.let_go(run.id, 7.0)
    assert not runs.put_off(run.id, 3)
    assert [each.id for each in runs.due(8.0, 9)] == [run.id]
    assert runs.queue_again(run.id, 3)
    assert (runs.get(run.id).status, runs.get(run.id).stop) == ("queued", "")


def test_who_submitted_a_run_does_not_undo_what_its_walk_was_quicker_to_write(runs):
    run = run_at(1, driver="durable", status="running", task=1)
    runs.write([Entry(replace(run, status="done", ended_at=9.0))])
    runs.write([Entry(run, is_first=True)])
    assert runs.get(run.id).status == "done"


@pytest.mark.parametrize(("what", "status"), [("hold", "waiting"), ("cancel", "cancelled")])
def test_a_walk_that_began_meanwhile_still_stops(runs, what, status):
    run = run_at(1, driver="durable", status="queued", task=1)
    runs.write([Entry(run)])
    runs.ask_to_stop(run.id, what, 6.0)
    runs.write([Entry(replace(run, status="running"))])
    assert runs.get(run.id).is_stopping

    runs.write([Entry(replace(run, status="waiting", wait_code="retry", wake_at=9.0))])

    assert runs.get(run.id).status == status


@pytest.mark.parametrize("state", ["intended", "sent"])
@pytest.mark.parametrize("what", ["hold", "cancel"])
def test_what_a_dead_process_was_about_to_send_for_a_stopped_run_is_unknown(runs, what, state):
    run = run_at(1, driver="durable", status="running", task=1, executor="a-1")
    runs.write([Entry(run, [], [effect(run, state=state)])])
    runs.ask_to_stop(run.id, what, 6.0)

    runs.interrupt(["a-1"], 7.0)

    assert [each.run_id for each in runs.unsettled()] == [run.id]


def test_who_cancelled_a_run_is_not_overruled_by_who_holds_it(runs):
    run = run_at(1, driver="durable", status="running", task=1)
    runs.write([Entry(run)])

    runs.ask_to_stop(run.id, "cancel", 6.0)
    runs.ask_to_stop(run.id, "hold", 7.0)
    runs.halt(run.id, 8.0)

    assert runs.get(run.id).status == "cancelled"


def test_a_cancelled_run_waits_for_nothing(runs):
    waits = {"status": "waiting", "wait_code": "unknown", "wait_reason": "Say what happened."}
    run = run_at(1, driver="durable", task=1, **waits)
    runs.write([Entry(run)])

    told = runs.ask_to_stop(run.id, "cancel", 6.0)

    assert (told.status, told.wait_code, told.wait_reason) == ("cancelled", "", "")
