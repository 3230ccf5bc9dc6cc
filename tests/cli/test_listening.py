"""A port that is let go of in a moment is waited for, one that stays in use is not."""

import socket
from threading import Timer

import pytest

from factotum.cli import listening
from factotum.cli.listening import listen
from factotum.core.errors import Refused


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody


def test_a_port_that_is_let_go_of_is_taken(taken):
    host, port = taken.getsockname()
    Timer(0.05, taken.close).start()

    with listen(host, port) as ours:
        assert ours.getsockname() == (host, port)


def test_a_port_that_stays_in_use_is_refused(taken, monkeypatch):
    monkeypatch.setattr(listening, "LEAVING", 0.0)

    with pytest.raises(Refused, match="is in use by another program"):
        listen(*taken.getsockname())


def test_what_can_never_be_had_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(listening, "sleep", lambda seconds: pytest.fail("it waits"))
    with pytest.raises(Refused, match="Nothing can listen"):
        listen("192.0.2.1", 8100)
