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
