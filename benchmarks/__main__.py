"""All benchmarks, one after the other.

python -m benchmarks [--stored 100000 1000000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import attended, door, due, durable, import_package, signing, starting, stored


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument(
        "--stored", type=int, nargs="+", default=[100_000], help="how many runs, each for itself"
    )
    given = arguments.parse_args()
    benchmarks: dict[str, Callable[[], None]] = {
        "The attended path": attended.run,
        "Durable runs": durable.run,
        "Schedules due at once": due.run,
        "With many stored runs": lambda: _stored(given.stored),
        "The door": door.run,
        "Signing": signing.run,
        "Importing": import_package.run,
        "Starting": starting.run,
    }
    for title, run in benchmarks.items():
        print(f"\n{title}\n{'-' * len(title)}", flush=True)
        run()


def _stored(counts: list[int]) -> None:
    for count in counts:
        stored.run(count)


if __name__ == "__main__":
    main()
