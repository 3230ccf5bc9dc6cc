"""Behaviors as queued runs walk them: the revision and the bot of when they were queued."""

from __future__ import annotations

import asyncio

import pytest

from factotum.core.errors import BehaviorFault, NotFound
from factotum.usecases.behavior_book import KEPT_REVISIONS, BehaviorBook

BOT = {"id": 1, "name": "Poster", "owner": ["app", 0], "params": {"config": {"say": "hello"}}}
VALUES = {"uri": "greet", "event_key": "event.macro.bot", "nodes": []}


class HereAndNow:
    """Does the work where it is asked for, and tells how often."""

    asked = 0

    async def run(self, work, *arguments):
        self.asked += 1
        return work(*arguments)


@pytest.fixture
def threads():
    return HereAndNow()


def book_of(threads, values=VALUES):
    return BehaviorBook(None, threads, lambda keys: dict.fromkeys(keys, values) if values else {})


def revised(book, number=1, title="Greet", bot=BOT):
    return asyncio.run(book.revised(7, number, title, bot))


def test_a_revision_is_read_once_and_shared(threads):
    book = book_of(threads)
    assert revised(book) is revised(book, bot=dict(BOT))
    assert threads.asked == 1


def test_each_run_has_the_bot_and_the_title_of_when_it_was_queued(threads):
    book = book_of(threads)
    other = {**BOT, "is_disabled": True}
    before = revised(book)
    assert revised(book, bot=other).bot != before.bot
    assert revised(book, title="Greeting").title == "Greeting"
    assert revised(book) == before
    assert threads.asked == 1


def test_what_was_deleted_or_cannot_be_read_is_said_and_not_kept(threads):
    gone = book_of(threads, None)
    faulty = book_of(threads, {**VALUES, "nodes": [{"type": "?"}]})
    for _ in range(2):
        with pytest.raises(NotFound):
            revised(gone)
        with pytest.raises(BehaviorFault):
            revised(faulty)


def test_many_revisions_are_not_kept_for_ever(threads):
    book = book_of(threads)
    for number in range(KEPT_REVISIONS + 1):
        revised(book, number)
    asked = threads.asked
    revised(book, KEPT_REVISIONS)
    assert threads.asked == asked
    revised(book, 0)
    assert threads.asked == asked + 1


async def test_revisions_that_are_wanted_together_are_looked_up_together(threads):
    book = book_of(threads)
    runs = (book.revised(number, 1, "Greet", BOT) for number in range(100))
    behaviors = await asyncio.gather(*runs)
    assert [each.id for each in behaviors] == list(range(100))
    assert threads.asked == 1
