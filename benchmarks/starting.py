"""From the start of ``factotum serve`` to its first page, and how much memory it has then.

    python -m benchmarks.starting [--rounds 5]

The first start makes the database; the others find it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.processes import free_port, memory, running

SETTLE = 2.0  # seconds without a request before memory is read


def run(rounds: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        first, _ = _start(Path(folder))
        found = [_start(Path(folder)) for _ in range(rounds)]
    print(f"first start, with a new database {first:>8.2f} s to the first page")
    print(f"start                            {median(each[0] for each in found):>8.2f} s")
    print(f"memory at rest                   {median(each[1] for each in found):>8.0f} MB")


def _start(folder: Path) -> tuple[float, float]:
    """Seconds to the first page, MB after it."""
    port = free_port()
    command = ["-m", "factotum", "serve", "--port", str(port)]
    begin = time.perf_counter()
    with running(command, port, {"FACTOTUM_DATA": str(folder)}) as pid:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=30) as page:
            page.read()
        took = time.perf_counter() - begin
        time.sleep(SETTLE)
        return took, memory(pid)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=5)
    run(arguments.parse_args().rounds)


if __name__ == "__main__":
    main()
