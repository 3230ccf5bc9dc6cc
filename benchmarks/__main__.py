"""All benchmarks, one after the other.

python -m benchmarks
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import attended, door, durable, import_package, signing, starting

ALL: dict[str, Callable[[], None]] = {
    "The attended path": attended.run,
    "Durable runs": durable.run,
    "The door": door.run,
    "Signing": signing.run,
    "Importing": import_package.run,
    "Starting": starting.run,
}

for title, run in ALL.items():
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
    run()
