"""The names that pages answer under."""

from __future__ import annotations

import pytest

from factotum.web.hosts import is_known

BASE = "https://bots.example.com"


@pytest.mark.parametrize(
    "host",
    [
        "bots.example.com",
        "bots.example.com:8443",
        "BOTS.example.com",
        "localhost:8000",
        "app.localhost",
        "127.0.0.1:8000",
        "192.168.1.5",
        "[::1]:8000",
    ],
)
def test_it_answers_under_its_own_name_and_under_numbers(host):
    assert is_known(host, BASE)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "bots.example.com.evil.example", "localhost.evil.example", "[::1", "a@b", ""],
)
def test_it_does_not_answer_under_a_name_that_anyone_could_point_at_it(host):
    assert not is_known(host, BASE)
