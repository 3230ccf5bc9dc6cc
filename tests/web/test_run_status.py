"""A run's status in lists and on its page: what is done, and what the service said to it."""

import pytest
from django.template.loader import render_to_string

from factotum.runs.run import Run


def shown(status, code=""):
    run = Run("1" * 32, "GET api.x.com", "call.page", "attended", status, 0.0, code=code)
    return " ".join(render_to_string("runs/status.html", {"run": run, "status": status}).split())


def test_a_request_that_was_refused_is_done_and_says_with_what():
    told = shown("done", "http-404")

    assert ">done<" in told
    assert '<span class="badge bad">answered 404</span>' in told
    assert "good" not in told


@pytest.mark.parametrize(
    ("status", "code"), [("done", ""), ("done", "http-"), ("failed", "http-404"), ("waiting", "")]
)
def test_other_runs_say_nothing_of_an_answer(status, code):
    assert "answered" not in shown(status, code)


def listed(**values):
    run = Run("1" * 32, "Post", "api", "durable", "done", 0.0, ended_at=1.0, **values)
    return " ".join(render_to_string("runs/table.html", {"runs": [run]}).split())


def test_a_line_tells_what_a_run_has_cost_and_how_often_it_was_tried_and_taken_over():
    went_on = [{"at": 1, "task": 2, "code": code, "reason": ""} for code in ("taken-over", "held")]
    told = listed(cost=215_000, tries={"0#0": 2, "look 0#0": 5}, went_on=went_on)

    assert "$0.215" in told
    assert "tried again 2 times, taken over once" in told
    assert "$" not in listed()
    assert "tried" not in listed()
