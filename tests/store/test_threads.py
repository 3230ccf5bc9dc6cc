"""Store work runs in threads of its own, with connections that are closed."""

import asyncio
import threading

import pytest
from django.db import connection

from factotum.store.models import ScheduledRun
from factotum.store.threads import StoreThreads

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_runs_work_off_the_event_loop(threads):
    here = threading.get_ident()

    assert await threads.run(threading.get_ident) != here


async def test_many_at_once_write_and_all_is_kept(threads):
    def add(number):
        ScheduledRun.objects.create(behavior_id=number, run_at=1, look_at=1)

    await asyncio.gather(*(threads.run(add, number) for number in range(40)))

    assert await threads.run(ScheduledRun.objects.count) == 40


async def test_what_the_work_raises_is_raised_and_the_next_work_runs(threads):
    with pytest.raises(ScheduledRun.DoesNotExist):
        await threads.run(ScheduledRun.objects.get, behavior_id=99)

    assert await threads.run(ScheduledRun.objects.count) == 0


async def test_closing_ends_its_connections_and_may_be_done_twice():
    threads = StoreThreads(2)
    await asyncio.gather(*(threads.run(ScheduledRun.objects.count) for _ in range(8)))
    kept = set(threads._connections)

    threads.close()
    threads.close()

    assert kept
    assert all(connection.connection is None for connection in kept)


async def test_a_thread_keeps_its_connection_open():
    def opened():
        connection.ensure_connection()
        return connection.connection

    threads = StoreThreads(1)
    first = await threads.run(opened)
    second = await threads.run(opened)
    threads.close()

    assert first is second
