"""What one of several processes has changed, as the others see it."""

import pytest

from factotum.part import Part
from factotum.store.changes import SharedChanges


@pytest.fixture
def three(tmp_path):
    return [SharedChanges(Part(number, 3, str(tmp_path), 0, 0)) for number in (1, 2, 3)]


def test_nothing_is_new_before_anything_was_changed(three):
    assert not any(each.have_news() for each in three)


def test_what_one_tells_is_news_to_each_of_the_others_once(three):
    three[1].tell()

    assert [three[0].have_news(), three[2].have_news()] == [True, True]
    assert [three[0].have_news(), three[2].have_news()] == [False, False]


def test_two_that_tell_at_once_are_both_heard(three):
    three[0].tell()
    assert three[2].have_news()
    three[1].tell()
    assert three[2].have_news()
    three[0].tell()
    assert three[2].have_news()


def test_who_takes_the_place_of_another_is_heard_too(three, tmp_path):
    three[0].tell()
    assert three[1].have_news()

    SharedChanges(Part(1, 3, str(tmp_path), 0, 0)).tell()

    assert three[1].have_news()
