"""What the engine says where its database cannot be used."""

import pytest

from factotum.core.database_trouble import StoreAway
from factotum.runs.engine import Engine


async def test_a_process_that_cannot_open_the_engines_database_says_so(tmp_path):
    (tmp_path / "factotum-engine.sqlite3").mkdir()
    engine = Engine(f"sqlite:///{tmp_path}/factotum.sqlite3", None, lambda: "one~0", 1)

    async def work(*_):
        raise AssertionError

    with pytest.raises(StoreAway):
        await engine.work(work)
    await engine.close()
