"""An intent that was committed outlives the process, whatever kills it."""

import os
import signal
import sqlite3
import subprocess
import sys

WRITER = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "store", verbosity=0, skip_checks=True)
from factotum.runs.run import EffectRow, Entry, Run
from factotum.store.runs_store import RunsStore

runs = RunsStore()
for number in range(1_000_000):
    run = Run(f"{number:032x}", "T", "api", "attended", "running", float(number))
    key = f"{run.id}:0#0:0"
    intent = EffectRow(key, run.id, "0#0", "intended", "POST", "u", "h", "f", float(number))
    runs.write([Entry(run, [], [intent])])
    print(key, flush=True)
"""


def test_every_intent_that_was_committed_is_there_after_a_kill(tmp_path):
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("FACTOTUM_")},
        "FACTOTUM_DATA": str(tmp_path),
        "FACTOTUM_ROOT_KEY": "6b" * 32,
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        told = [writer.stdout.readline().strip() for _ in range(50)]
    finally:
        writer.send_signal(signal.SIGKILL)
        told += writer.communicate()[0].split("\n")[:-1]

    database = sqlite3.connect(tmp_path / "factotum.sqlite3")
    kept = dict(database.execute("SELECT key, state FROM store_effect"))
    runs = {row[0] for row in database.execute("SELECT id FROM store_run")}
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()

    assert len(told) >= 50
    assert set(told) <= set(kept)
    assert {key.partition(":")[0] for key in kept} == runs
