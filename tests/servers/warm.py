"""Processes of the product that need not load everything anew: a process that has, forks for each.

What is loaded beforehand reads no settings; what does, and so all that is served, loads in the fork.
``python -m tests.servers.warm N`` is that process, its orders come in on the socket with that number.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parents[2]
LOADED = (
    "aiohttp",
    "allauth.account.signals",
    "anyio.to_thread",
    "argon2",
    "asyncio",
    "click",
    "cryptography.fernet",
    "dbos",
    "csp.apps",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.messages.api",
    "django.contrib.sessions.backends.base",
    "django.contrib.staticfiles.apps",
    "django.core.handlers.asgi",
    "django.core.handlers.wsgi",
    "django.core.management",
    "django.core.serializers.json",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.forms",
    "django.template.backends.django",
    "django.test",
    "django.urls",
    "jinja2.sandbox",
    "markdown_it",
    "prometheus_client.multiprocess",
    "psycopg",
    "pydantic.dataclasses",
    "pydantic.networks",
    "pydantic.plugin._loader",
    "python_multipart",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "starlette.staticfiles",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "yaml",
    "factotum.config",
    "factotum.process",
)
WHOLE = (  # packages that know neither settings nor Django
    "factotum.auth",
    "factotum.bots",
    "factotum.core",
    "factotum.hooks",
    "factotum.linking",
    "factotum.net",
    "factotum.packages",
    "factotum.records",
    "factotum.runs",
    "factotum.scripting",
    "factotum.usecases",
)
LONGEST = 1 << 20  # bytes of an order
PID = 10  # bytes in which a process id is told; how the process ended comes after them


class WarmProcess:
    """Like ``subprocess.Popen``, as far as tests need it."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, "rb", buffering=0)
        self.pid = int(self._told.read(PID))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The code it ended with (negative for a signal), None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """The same, once it has ended."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("factotum", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """To the process, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """At once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(self._told.read(20) or -signal.SIGKILL)
            self._told.close()
        return self.returncode


def start(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: IO[bytes],
    stdout: IO[bytes],
    stderr: IO[bytes],
    module: str = "factotum",
) -> WarmProcess:
    """``python -m factotum`` with these arguments."""
    order = {"module": module, "arguments": [*arguments], "env": dict(env), "cwd": str(cwd)}
    told, tell = os.pipe()
    socket.send_fds(
        _warmed(),
        [json.dumps(order).encode()],
        [stdin.fileno(), stdout.fileno(), stderr.fileno(), tell],
    )
    os.close(tell)
    return WarmProcess(told)


def environ() -> dict[str, str]:
    """Ours without settings; many short processes are to compile nothing twice."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FACTOTUM_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        kept["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "bytecode")
    return kept


@cache
def _warmed() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours_only = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PYTHONWARNINGS": "error::ResourceWarning"}
    command = [sys.executable, "-m", "tests.servers.warm", str(theirs.fileno())]
    process = subprocess.Popen(
        command, env=environ() | ours_only, pass_fds=[theirs.fileno()], cwd=ROOT
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait(30)

    atexit.register(end)
    return ours


def _serve(orders: socket.socket) -> None:
    """Fork for each order until whoever gives them has gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        order, fds, _, _ = socket.recv_fds(orders, LONGEST, 4)
        if not order:
            return
        if os.fork() == 0:
            _look_after(json.loads(order), fds)
        for fd in fds:
            os.close(fd)


def _look_after(order: Mapping[str, Any], fds: Sequence[int]) -> NoReturn:
    """In a fork: begin another, say which it is, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *given, tell = fds
    pid = os.fork()
    if pid == 0:
        os.close(tell)
        _be(order, given)
    os.write(tell, b"%*d" % (PID, pid))
    for fd in (0, 1, 2, *given):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    os.write(tell, b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _be(order: Mapping[str, Any], given: Sequence[int]) -> NoReturn:
    """In a fork of the fork: be the product."""
    for number, fd in enumerate(given):
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    os.chdir(order["cwd"])
    sys.argv = ["factotum", *order["arguments"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
    raise SystemExit  # through all frames, so that the interpreter ends as it always does


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    for name in WHOLE:
        for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()  # no fork needs to look at all this again
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as incoming:
        _serve(incoming)
