"""All benchmarks, one after the other.

python -m benchmarks
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import attended, door, due, durable, import_package, signing, starting, stored

ALL: dict[str, Callable[[], None]] = {
    "The attended path": attended.run,
    "Durable runs": durable.run,
    "Schedules due at once": due.run,
    "With many stored runs": stored.run,
    "The door": door.run,
    "Signing": signing.run,
    "Importing": import_package.run,
    "Starting": starting.run,
}

for title, run in ALL.items():
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
    run()
