"""A place among several processes that serve: who dies at once again and again is followed slowly."""

import socket
import sys
import time

import pytest

from factotum.cli import seats
from factotum.cli.seats import Seat


def test_who_dies_at_once_is_followed_by_another_later_each_time(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sys, "argv", ["factotum", "--version"])  # it ends by itself
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seat = Seat(1, 2, listener, tmp_path, listener.fileno())
        seat.begin()
        while len(caplog.messages) < 3:
            seat.keep()
            time.sleep(0.01)
        seat.end()
        seat.kill()

    told = [message.partition("; ")[2] for message in caplog.messages]
    assert told == [f"another follows in {pause} s." for pause in ("0.5", "1", "2")]


def test_who_cannot_be_begun_is_tried_again_later(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sys, "argv", ["factotum", "--version"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seat = Seat(1, 2, listener, tmp_path, listener.fileno())
        seat.begin()
        monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
        pause = 0.0
        while "can be begun" not in caplog.text:
            pause = seat.keep()
            time.sleep(0.01)
        seat.kill()

    assert pause == 10
    assert "No process 1 can be begun: No such file or directory." in caplog.messages


def test_who_has_not_begun_ends_at_once_with_the_one_that_began_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["factotum", "serve"])
    monkeypatch.setenv("FACTOTUM_DATA", str(tmp_path / "data"))
    (tmp_path / "shared").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seat = Seat(1, 2, listener, tmp_path / "shared", listener.fileno())
        seat.begin()
        seat._close_pipe()
        while seat.is_taken:
            time.sleep(0.01)

    assert seat.code == 1
    assert not (tmp_path / "shared").exists()


HANGS = f"""#!{sys.executable}
import faulthandler, os, signal, time
from pathlib import Path
from factotum.cli.heartbeat import Heartbeat
from factotum.part import part_in
faulthandler.register(signal.SIGUSR1)
part = part_in(os.environ)
for _ in range(BEATS):
    Heartbeat(part.shared, part.number).beat()
time.sleep(1000)
"""


@pytest.mark.parametrize(("beats", "patience"), [(1, "LONGEST_SILENCE"), (0, "LONGEST_START")])
def test_who_lives_but_gives_no_sign_of_it_is_killed_and_followed(
    tmp_path, monkeypatch, caplog, capfd, beats, patience
):
    program = tmp_path / "hangs"
    program.write_text(HANGS.replace("BEATS", str(beats)))
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(seats, patience, 0.4)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seat = Seat(1, 2, listener, tmp_path, listener.fileno())
        seat.begin()
        while len(caplog.messages) < 2:
            seat.keep()
            time.sleep(0.01)
        seat.end()
        seat.kill()

    assert "has given no sign of life for 0 s and is killed." in caplog.messages[0]
    assert "; another follows" in caplog.messages[1]
    if beats:
        assert "was killed (SIGKILL)" in caplog.messages[1]
        assert str(program) in capfd.readouterr().err  # where it hung
