"""The lines that say which requests a service does once for a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.records.connected_service import ConnectedService
from factotum.records.idempotency import HonouredKey, read_line, read_lines

SERVICE = {"name": "Till", "extension_id": "cerb.service.provider.token.bearer"}
paths = st.from_regex(r"/[a-z0-9/:_-]{0,20}\*?", fullmatch=True)


def faults(lines):
    return ConnectedService.faults({**SERVICE, "idempotency_keys": lines})


@given(st.sampled_from(["POST", "PUT", "*"]), paths, st.integers(1, 99_999_999))
def test_what_is_written_is_read(method, path, seconds):
    line = f"{method} {path} {seconds}"

    assert read_line(line) == HonouredKey(f"{method} {path}", seconds, "Idempotency-Key")
    assert read_line(f" {line} X-Request-Once ").header == "X-Request-Once"
    assert faults([line]) == {}


@given(st.text())
def test_any_other_text_is_told_or_read(text):
    try:
        read = read_lines(text)
    except ValueError:
        assert set(faults(text)) == {"idempotency_keys"}
    else:
        assert all(each.seconds > 0 for each in read)
        assert faults(text) == {}


@pytest.mark.parametrize(
    "line",
    [
        "POST /v1/*",
        "/v1/* 60",
        "post /v1/* 60",
        "POST v1 60",
        "POST /v1/* 0",
        "POST /v1/* -5",
        "POST /v1/* 999999999",
        "POST /v1/* 60 Not a header",
        "POST /v1/* 60 X:Y",
    ],
)
def test_a_line_that_says_nothing_is_told_with_an_example(line):
    [sentence] = faults([line]).values()

    assert repr(line) in sentence
    assert "POST /v1/* 86400" in sentence


@pytest.mark.parametrize("header", ["Authorization", "content-length", "Host", "Cookie"])
def test_a_header_that_holds_something_else_holds_no_key(header):
    [sentence] = faults([f"POST /v1/* 60 {header}"]).values()

    assert header in sentence


def test_blank_lines_say_nothing():
    assert read_lines("\n POST / 5 \n\n") == [HonouredKey("POST /", 5)]
    assert read_lines(None) == []
    assert faults("") == {}
