"""The attended path: a webhook, a signed request, its answer, journalled; beside what is possible.

    python -m benchmarks.attended [--seconds 3] [--rounds 3]

Servers on loopback: the upstream, a bare aiohttp relay that asks it, the same with a signature and a
journal and nothing else, and the product, whose behavior
does the same signed with OAuth 1.0a and written down; once more as an installation of its own that two
processes serve. Their rounds alternate, so that whatever else the machine does meets all of them; medians are printed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.load import Round, measure
from benchmarks.processes import children, cpu_seconds, free_port, running
from benchmarks.product import serving

AT_ONCE = (1, 8, 32, 64)
WARM_UP = 1.0


@dataclass
class Server:
    """One of them, and what was measured of it."""

    name: str
    pid: int
    url: str
    rounds: list[Round] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, at_once: int, seconds: float) -> None:
        before = self._cpu_seconds()
        done = measure(self.url, at_once, seconds)
        self.rounds.append(done)
        self.cpu.append((self._cpu_seconds() - before) / len(done.times) * 1e6)

    def _cpu_seconds(self) -> float:
        """Of it and of those that it has begun."""
        return sum(cpu_seconds(pid) for pid in (self.pid, *children(self.pid)))

    @property
    def rate(self) -> float:
        return median(each.rate for each in self.rounds)

    def percentile(self, share: float) -> float:
        return median(each.percentile(share) for each in self.rounds)


@contextmanager
def servers() -> Iterator[list[Server]]:
    """Upstream, relay and products, started and warm."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        other = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, relay_port = free_port(), free_port()
        upstream = f"http://127.0.0.1:{port}"
        pid = stack.enter_context(running(["-m", "benchmarks.upstream", str(port)], port))
        relay = ["-m", "benchmarks.relay", str(relay_port), f"{upstream}/2/users/me?q=1"]
        relay_pid = stack.enter_context(running(relay, relay_port))
        floor_port = free_port()
        floor = ["-m", "benchmarks.floor", str(floor_port), f"{upstream}/signed/2/users/me?q=1"]
        floor_pid = stack.enter_context(running([*floor, str(folder)], floor_port))
        product = stack.enter_context(serving(folder, upstream))
        two = stack.enter_context(serving(other, upstream, processes=2))
        found = [
            Server("upstream alone", pid, f"{upstream}/2/users/me?q=1"),
            Server("bare aiohttp relay", relay_pid, f"http://127.0.0.1:{relay_port}/"),
            Server("signed and journalled", floor_pid, f"http://127.0.0.1:{floor_port}/"),
            Server("factotum", product.pid, product.webhook),
            Server("factotum, 2 processes", two.pid, two.webhook),
        ]
        for server in found:
            measure(server.url, 8, WARM_UP)
        yield found


def run(seconds: float = 3.0, rounds: int = 3) -> None:
    """Measure and print the table."""
    print(f"{'':24}{'requests/s':>11}{'of upstream':>13}{'of relay':>10}{'of floor':>10}", end="")
    print(f"{'p50':>10}{'p99':>10}{'CPU each':>11}")
    with servers() as found:
        for at_once in AT_ONCE:
            for server in found:
                server.rounds, server.cpu = [], []
            for _ in range(rounds):
                for server in found:
                    server.measure(at_once, seconds)
            _print(at_once, found)


def _print(at_once: int, found: list[Server]) -> None:
    upstream, relay, floor, *_ = found
    print(f"{at_once} at once")
    for one in found:
        print(
            f"  {one.name:22}{one.rate:>11,.0f}{one.rate / upstream.rate:>12.1%} "
            f"{one.rate / relay.rate:>9.0%} {one.rate / floor.rate:>9.0%}{one.percentile(0.5):>7.1f} ms"
            f"{one.percentile(0.99):>7.1f} ms{median(one.cpu):>8,.0f} µs"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each round")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    run(given.seconds, given.rounds)


if __name__ == "__main__":
    main()
