"""Commands as people type them, in processes of their own, beside a sandbox."""

import pytest
from tests.servers.product import installation, prepared

from factotum.sandbox.server import running
from factotum.sandbox.state import State


@pytest.fixture(scope="module")
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def fresh(tmp_path):
    """An installation of which nothing is there yet."""
    return installation(tmp_path)


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox):
    """An installation with a sandbox in X's place; nothing serves it."""
    folder = tmp_path_factory.mktemp("installation")
    return prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")


def refused(done, *words):
    """It ended with 1, one plain sentence on stderr, nothing on stdout."""
    assert done.code == 1, done
    assert done.out == ""
    lines = [line for line in done.err.splitlines() if "root.key" not in line]
    assert len(lines) == 1, done.err
    assert "Traceback" not in done.err
    for word in words:
        assert word in lines[0]
    return lines[0]
