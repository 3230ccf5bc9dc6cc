"""The product served by several processes, and connections to one of them (Linux)."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.servers.product import Answer, Product, started, wait_until_it_answers
from tests.servers.warm import WarmProcess

from factotum.part import Part, part_in

SECONDS = 60
CONNECTIONS = 200  # that are tried until one reaches a process


@dataclass
class Group:
    """A product, and who serves it."""

    product: Product
    supervisor: WarmProcess

    @property
    def pids(self) -> list[int]:
        """The processes that serve now, by their numbers."""
        pid = self.supervisor.pid
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return sorted((int(each) for each in told.split() if is_alive(int(each))), key=_number)

    def whole(self, processes: int = 2) -> bool:
        """Whether as many as there should be take requests."""
        return len(self.pids) == processes and all(map(_number, self.pids))

    @property
    def folder(self) -> Path:
        """What they share."""
        part = _part(self.pids[0])
        assert part is not None
        return part.shared

    @property
    def log(self) -> str:
        return (self.product.folder / "serve.log").read_text()

    @contextmanager
    def asking(self, pid: int) -> Iterator[Callable[..., Answer]]:
        """Asks over a connection that this process has taken."""
        address = urlsplit(self.product.url)
        for _ in range(CONNECTIONS):
            connection = http.client.HTTPConnection(str(address.netloc), timeout=SECONDS)
            with contextlib.closing(connection):
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                if _has(pid, connection.sock.getsockname()[1]):
                    yield partial(_ask, connection, self.product)
                    return
        raise AssertionError(f"no connection was taken by {pid}")


def _ask(
    connection: http.client.HTTPConnection,
    product: Product,
    method: str,
    path: str,
    body: Any = None,
    token: str | None = None,
) -> Answer:
    token = product.token() if token is None else token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return Answer(answer.status, tuple(answer.getheaders()), answer.read())


def _number(pid: int) -> int:
    """Which of them it is; 0 for one that has just been forked, or has just gone."""
    part = _part(pid)
    return part.number if part else 0


def _part(pid: int) -> Part | None:
    try:
        variables = Path(f"/proc/{pid}/environ").read_text().split("\0")
    except OSError:
        return None
    return part_in(dict(each.split("=", 1) for each in variables if "=" in each))


def _has(pid: int, port: int) -> bool:
    """Whether a process holds the server's end of the connection from this port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    inodes = {line.split()[9] for line in lines if line.split()[2].endswith(f":{port:04X}")}
    held = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            held.add(str(each.readlink()))
    return any(f"socket:[{inode}]" in held for inode in inodes)


def is_alive(pid: int) -> bool:
    """Whether it is there, and no dead one's rest."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def until(what: Callable[[], Any]) -> Any:
    """What it says, once that is true."""
    for _ in range(SECONDS * 20):
        if said := what():
            return said
        time.sleep(0.05)
    raise AssertionError("it never became true")


@contextmanager
def serving_with(product: Product, processes: int) -> Iterator[Group]:
    """Served by so many processes until the block ends."""
    port = str(urlsplit(product.url).port)
    supervisor = started(product, "serve", "--port", port, "--processes", str(processes))
    group = Group(product, supervisor)
    try:
        wait_until_it_answers(product.url, supervisor)
        until(lambda: group.whole(processes))
        yield group
    finally:
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(60) in {0, -signal.SIGKILL}, group.log
