"""The product's verbs on the test's database; Bob and Eve are workers who trust each other nothing."""

import pytest
from tests.servers.desk import office

from factotum.sandbox.server import running
from factotum.sandbox.state import State


@pytest.fixture(scope="session")
def one_sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
async def desk(tmp_path, one_sandbox, transactional_db):
    one_sandbox.state.reset()
    async with office(tmp_path, one_sandbox) as made:
        yield made


@pytest.fixture
async def bob(desk):
    return await desk.worker("bob")


@pytest.fixture
async def eve(desk):
    return await desk.worker("eve")


@pytest.fixture
async def ada(desk):
    return await desk.worker("ada", is_admin=True)
