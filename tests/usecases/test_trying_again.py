"""A failed run goes on from the request that failed; what was done before is not done again."""

from __future__ import annotations

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.walking import POST, begun, ended, texts

from factotum.core.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_failed_run_is_tried_again_from_the_request_that_failed(desk, linked, working):
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    assert view.run.status == "failed"

    await desk.app.retry_run(THE_APP, view.run.id)

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.status_code for each in view.effects] == [403, 200]
    assert texts(desk) == ["Hello"]
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))


async def test_what_is_tried_again_and_cut_is_known_as_sent(desk, linked, working):
    """The second try's row is found by the task after it: neither the first answer, nor a third post."""
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    desk.fail("cut-after", path=POST[1], times=1)
    await desk.app.retry_run(THE_APP, view.run.id)
    view = await ended(desk, view.run.id)
    if view.run.status == "waiting":
        await desk.app.resume_run(THE_APP, view.run.id)
        view = await ended(desk, view.run.id)

    assert (view.run.status, view.run.error) == ("done", "")
    assert [(each.state, each.status_code) for each in view.effects] == [
        ("answered", 403),
        ("settled", 200),
    ]
    assert texts(desk) == ["Hello"]
    assert len(desk.seen(*POST)) == 2


async def test_what_is_tried_again_later_is_sent_behind_what_was_sent(desk, linked, working):
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    desk.fail("cut-before", path=POST[1], times=1)
    await desk.app.retry_run(THE_APP, view.run.id)
    await ended(desk, view.run.id)
    [unknown] = (await desk.app.unsettled(THE_APP)).items

    await desk.app.settle(THE_APP, unknown.effect.key, "not-done")

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.attempt for each in view.effects] == [1, 2, 3]
    assert texts(desk) == ["Hello"]
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))


async def test_what_was_given_up_is_not_tried_again(desk, linked, working):
    desk.fail("cut-before", path=POST[1], times=1)
    view = await begun(desk, linked)
    [unknown] = (await desk.app.unsettled(THE_APP)).items
    await desk.app.settle(THE_APP, unknown.effect.key, "given-up")
    await ended(desk, view.run.id)

    with pytest.raises(Refused, match="may have happened"):
        await desk.app.retry_run(THE_APP, view.run.id)
    assert len(desk.seen(*POST)) == 1
