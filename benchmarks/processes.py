"""Processes of a benchmark: started on free loopback ports, looked at from outside, ended."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 60
_ROOT_KEY = secrets.token_hex(32)  # the same for all processes of one run
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    arguments: Sequence[str], port: int, settings: Mapping[str, str] | None = None
) -> Iterator[int]:
    """``python ARGUMENTS`` until the block ends; its process id, once it listens on the port."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(settings or {}),
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of the product but those given."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FACTOTUM_")}
    source = Path(__file__).parent.parent / "src"
    kept["PYTHONPATH"] = os.pathsep.join([str(source), str(source.parent)])
    return {**kept, "FACTOTUM_ROOT_KEY": _ROOT_KEY, **settings}


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}.")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise SystemExit(f"{process.args} did not listen in {START_SECONDS} s.")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its threads so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def children(pid: int) -> list[int]:
    """The processes that this one has begun (Linux)."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in told.split()]


def memory(pid: int) -> float:
    """Resident memory in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"Process {pid} tells no memory.")
