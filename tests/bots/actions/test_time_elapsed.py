import pytest
from tests.bots.driving import SCRIPTS, World, action, behavior

from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault


def elapsed(**params):
    step = {"action": "core.bot.action.calculate_time_elapsed", **params}
    return World().run(walk(behavior(action(step)), {}, scripts=SCRIPTS))


def test_the_seconds_between_two_dates_are_counted():
    assert elapsed(date_from="-2 hours", date_to="now")["_time_elapsed"] == 7200
    final = elapsed(date_from="{{100}}", date_to="160", placeholder="gone", calendar_id="0")
    assert final["gone"] == 60
    assert elapsed(date_from="now", date_to="-1 hour")["_time_elapsed"] == 0


def test_a_calendars_hours_are_not_guessed():
    with pytest.raises(BehaviorFault, match="The hours of calendar 5 cannot be counted"):
        elapsed(calendar_id="5", date_from="now", date_to="now")
