"""How long importing a package takes, apart from the store: reading, planning, filling, writing.

    python benchmarks/import_package.py [FILE.json] [TIMES]

Without a file it imports the library's X package. The store is the tests' one in memory, so that
the figure is the importer's own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.fakes.memory_store import MemorySecretBox, MemoryStore  # noqa: E402

from factotum.auth.scheme import load_schemes  # noqa: E402 - the path is set above
from factotum.core.values import Actor, Moment  # noqa: E402
from factotum.packages.desk import Desk  # noqa: E402
from factotum.packages.importer import import_package  # noqa: E402
from factotum.packages.shelf import load  # noqa: E402
from factotum.records.record_type import load_record_types  # noqa: E402

PUBLISHED = ROOT.parent / "shared" / "packages" / "twitter-bot.json"


def once(text):
    """Milliseconds of one import into an empty store, the person's answers given."""
    store = MemoryStore()
    secrets = MemorySecretBox(store)
    desk = Desk(store=store, secrets=secrets, actor=Actor.app(), moment=Moment.of(0, seed=1))
    service = store.create("connected_service", {"name": "Twitter", "extension_id": "x"})
    store.create("connected_account", {"name": "Twitter", "service_id": service.id})
    form = import_package(text, None, desk)
    answers = {
        q.key: q.choices[0].value if q.choices else q.value or "answer" for q in form.prompts
    }
    began = perf_counter()
    result = import_package(text, answers, desk)
    spent = (perf_counter() - began) * 1000
    assert result.status == "imported", result
    return spent


def main():
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    text = given.read_text("utf-8") if given.is_file() else load("x")
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    load_schemes()
    load_record_types()
    first = once(text)
    spent = [once(text) for _ in range(times)]
    name = given.name if given.is_file() else "the library's x"
    print(f"{name}, {len(text) / 1024:.0f} KB, {times} times")
    print(f"first  {first:6.1f} ms (scripts are compiled)")
    print(f"median {median(spent):6.1f} ms")
    print(f"95 %   {quantiles(spent, n=20)[-1]:6.1f} ms")


if __name__ == "__main__":
    main()
