"""A run's steps as lines."""

from __future__ import annotations

from factotum.runs.run import Run, Step
from factotum.usecases.run_view import RunView
from factotum.web.pages.trail import trail

RUN = Run(
    id="0" * 32,
    title="Post",
    trigger="page",
    driver="attended",
    status="failed",
    started_at=100.0,
    ended_at=101.0,
)
EXCHANGE = {
    "request": {"method": "POST", "url": "https://api.x.com/2/tweets"},
    "response": {"status": 401, "body": "{}"},
}


def lines(*steps):
    return trail(RunView(RUN, steps))


def step(number, path, kind, title, status="ok", at=100.5, ms=0.0, data=None):
    return Step(number, path, kind, title, status, at, ms, data or {})


def test_a_request_and_its_action_are_one_line_with_the_status_and_the_explanation():
    failure = {"failure": "api.x.com answered 401. Link the account again."}
    shown = lines(
        step(1, "0", "node", "Make API Call"),
        step(2, "0#0", "http", "POST api.x.com", "failed", 100.75, 250.0, EXCHANGE),
        step(3, "0#0", "action", "Execute HTTP Request", "failed", 100.75, 0.0, failure),
    )
    assert [one.title for one in shown] == ["Make API Call", "Execute HTTP Request"]
    request = shown[1]
    assert request.status == "failed"
    assert request.http_code == 401
    assert request.failure == "api.x.com answered 401. Link the account again."
    assert request.about == "POST https://api.x.com/2/tweets"


def test_a_bar_stands_where_the_request_was():
    (request,) = lines(step(1, "0#0", "http", "GET api.x.com", "ok", 100.75, 250.0, EXCHANGE))
    assert (request.start, request.width) == (500, 250)


def test_a_request_with_no_answer_tells_why():
    exchange = {"request": EXCHANGE["request"], "error": {"sentence": "No answer in 30 s."}}
    (request,) = lines(step(1, "0", "http", "POST api.x.com", "failed", data=exchange))
    assert request.http_code == 0
    assert request.failure == "No answer in 30 s."


def test_what_is_inside_stands_further_in():
    shown = lines(
        step(1, "", "behavior", "Create Tweet"),
        step(2, "0", "node", "Point"),
        step(3, "0.0", "node", "global"),
        step(4, "0.0.0#1", "action", "Respond"),
    )
    assert [one.level for one in shown] == [0, 0, 1, 3]


def test_a_fault_says_its_sentence():
    fault = {"sentence": "A person can be asked only in a chat.", "code": "needs-chat"}
    (shown,) = lines(step(1, "0#1", "fault", "Prompt with text input", "failed", data=fault))
    assert shown.failure == "A person can be asked only in a chat."
    assert shown.details == {}


def test_after_what_a_run_went_on_stands_between_its_steps():
    went_on = [
        {"at": 1060.0, "task": 1, "code": "retry", "reason": "It was not well."},
        {"at": 1061.0, "task": 2, "code": "taken-over", "reason": "It had ended."},
    ]
    run = Run("a", "T", "t", "durable", "done", 1000.0, ended_at=1100.0, went_on=went_on)
    steps = [
        Step(1, "0", "node", "Before", "ok", at=1010.0),
        Step(2, "0#0", "action", "After", "ok", at=1070.0),
    ]

    before, wait, takeover, after = trail(RunView(run, steps))

    assert (before.title, after.title) == ("Before", "After")
    assert (wait.title, wait.about) == ("Went on after a wait", "It was not well.")
    assert (wait.ms, wait.start, wait.width) == (50_000.0, 100, 500)
    assert (takeover.title, takeover.width) == ("Another process went on", 0)


def test_waits_of_a_run_that_waits_on_stand_in_one_time():
    went_on = [
        {"at": at, "task": task, "code": "checking", "reason": "It answered 503."}
        for task, at in enumerate((1100.0, 1400.0), 1)
    ]
    run = Run("a", "T", "t", "durable", "waiting", 1000.0, went_on=went_on)

    first, second = trail(RunView(run, []))

    assert [(one.start, one.width) for one in (first, second)] == [(0, 250), (250, 750)]
