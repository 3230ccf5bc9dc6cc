"""A run asks a person, waits, and goes on with what they said, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.walking import ended

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)

ASK = {"action": "approval", "message": "Post “{{var_text}}”?"}
SAID = "{% if _approval.is_approved %}yes by {{_approval.by}}{% else %}no{% endif %}"
VALUES = {"var_text": "Tea"}


async def asking(desk, owner, *nodes):
    """A behavior of that owner's bot that asks, and then keeps what was said."""
    bot = await desk.app.create(owner, "bot", {"name": "Careful"}, {})
    then = {"action": "_set_custom_var", "var": "said", "value": SAID}
    values = {
        "bot_id": bot.id,
        "title": "Ask first",
        "event_key": "event.macro.bot",
        "nodes": [*nodes, doing(then)],
        "variables": {"var_text": {"type": "S", "label": "Text"}},
    }
    return (await desk.app.create(owner, "behavior", values, {})).id


def doing(step):
    return {"type": "action", "title": "Do", "params": {"actions": [step]}}


async def asked(desk, owner, *nodes):
    """A run that waits for somebody."""
    behavior_id = await asking(desk, owner, *(nodes or [doing(ASK)]))
    view = await desk.app.run_behavior(owner, behavior_id, VALUES, wait=False)
    return await ended(desk, view.run.id)


async def question(desk, actor=THE_APP):
    [found] = (await desk.app.approvals(actor)).items
    return found.approval


async def test_a_run_waits_for_approval_and_goes_on(desk, ada, working):
    view = await asked(desk, THE_APP)
    assert (view.run.status, view.run.wait_code, view.run.wake_at) == ("waiting", "approval", None)
    open_one = await question(desk, ada)
    assert (open_one.run_id, open_one.message) == (view.run.id, "Post “Tea”?")
    assert await desk.app.approval_of(ada, view.run.id) == open_one
    assert await desk.app.count_approvals(ada) == 1

    await desk.app.decide(ada, open_one.key, "approved", " Go on ")

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert view.placeholders["said"] == "yes by ada"
    assert view.placeholders["_approval"]["comment"] == "Go on"
    told = [(step.title, step.data["message"]) for step in view.steps if step.kind == "approval"]
    assert told == [("Asked for approval", "Post “Tea”?"), ("Approved by ada", "Go on")]
    assert await desk.app.count_approvals(ada) == 0
    again = await desk.app.replay_run(THE_APP, view.run.id, view.run.revision)
    assert again.is_same
    assert await desk.app.count_approvals(ada) == 0


async def test_who_comes_second_changes_nothing(desk, ada, bob, working):
    run_id = (await asked(desk, bob)).run.id
    key = (await question(desk, bob)).key

    both = await asyncio.gather(
        desk.app.decide(bob, key, "refused"),
        desk.app.decide(ada, key, "approved"),
        return_exceptions=True,
    )

    [late] = [each for each in both if isinstance(each, Exception)]
    [first] = [each for each in both if not isinstance(each, Exception)]
    assert isinstance(late, Refused)
    view = await ended(desk, run_id)
    first = first.approval
    is_yes = first.outcome == "approved"
    assert view.placeholders["said"] == ("yes by ada" if is_yes else "no")
    with pytest.raises(Refused, match=f"{first.outcome.capitalize()} already by {first.said_by}"):
        await desk.app.decide(ada, key, "refused")


async def test_what_nobody_says_in_time_counts_as_refused(desk, ada, working):
    soon = datetime.now(UTC) + timedelta(seconds=3600)
    view = await asked(desk, THE_APP, doing({**ASK, "expires": f"@{int(soon.timestamp())}"}))
    assert view.run.wake_at == int(soon.timestamp())

    view = await asked(desk, THE_APP, doing({**ASK, "expires": "1 hour ago"}))

    assert (view.run.status, view.placeholders["said"]) == ("done", "no")
    assert view.placeholders["_approval"]["by"] == ""
    [*_, told] = [step.title for step in view.steps if step.kind == "approval"]
    assert told == "Refused: nobody has said in time"


async def test_only_who_is_asked_may_say(desk, ada, bob, working):
    carol = await desk.worker("carol")
    bobs = (await asked(desk, bob)).run.id
    key = (await question(desk, bob)).key
    assert (await desk.app.approvals(carol)).items == []
    assert await desk.app.count_approvals(carol) == 0
    assert await desk.app.approval_of(carol, bobs) is None
    with pytest.raises(NotFound):
        await desk.app.decide(carol, key, "approved")
    await desk.app.decide(bob, key, "refused")

    carols = (await asked(desk, bob, doing({**ASK, "worker_id": str(carol.worker_id)}))).run.id
    named = await question(desk, carol)
    with pytest.raises(NotFound):
        await desk.app.decide(bob, named.key, "approved")
    await desk.app.decide(carol, named.key, "approved")

    assert (await ended(desk, bobs)).placeholders["said"] == "no"
    assert (await ended(desk, carols)).placeholders["said"] == "yes by carol"


async def test_each_round_of_a_loop_asks(desk, ada, working):
    params = {"foreach_json": "[1, 2]", "as_placeholder": "n"}
    view = await asked(
        desk, THE_APP, {"type": "loop", "title": "Each", "params": params, "nodes": [doing(ASK)]}
    )
    first = await question(desk)
    await desk.app.decide(ada, first.key, "approved")
    view = await ended(desk, view.run.id)

    assert view.run.status == "waiting"
    second = await question(desk)
    assert second.path != first.path
    await desk.app.decide(ada, second.key, "refused")
    assert (await ended(desk, view.run.id)).placeholders["said"] == "no"


async def test_what_a_cancelled_run_asked_is_not_asked_any_more(desk, ada, working):
    run_id = (await asked(desk, THE_APP)).run.id
    key = (await question(desk)).key
    await desk.app.hold_run(ada, run_id)
    assert await desk.app.count_approvals(ada) == 1
    await desk.app.cancel_run(ada, run_id)

    assert await desk.app.count_approvals(ada) == 0
    with pytest.raises(Refused, match="it is cancelled"):
        await desk.app.decide(ada, key, "approved")
    with pytest.raises(BadInput, match="must be one of"):
        await desk.app.decide(ada, key, "perhaps")


async def test_where_somebody_waits_for_the_run_nobody_is_asked(desk, ada):
    behavior_id = await asking(desk, THE_APP, doing(ASK))

    view = await desk.app.run_behavior(ada, behavior_id, VALUES)
    simulated = await desk.app.run_behavior(ada, behavior_id, VALUES, simulate=True)

    assert (view.run.status, view.run.code) == ("failed", "needs-durable")
    assert "in the background" in view.run.error
    assert simulated.placeholders["said"] == "yes by "
    assert "here it counts as given" in [step.title.partition("; ")[2] for step in simulated.steps]
    assert await desk.app.count_approvals(ada) == 0


async def test_where_a_package_is_imported_it_is_asked_who_may_say(desk, ada, bob):
    behavior_id = await asking(desk, THE_APP, doing({**ASK, "worker_id": str(bob.worker_id)}))
    behavior = await desk.app.get(THE_APP, Ref("behavior", behavior_id))
    package = await desk.app.export_package(THE_APP, [Ref("bot", behavior["bot_id"])])

    form = await desk.app.import_package(THE_APP, package, None)
    [prompt] = form.prompts
    made = await desk.app.import_package(THE_APP, package, {prompt.key: str(ada.worker_id)})

    [copy] = made.records["behavior"].values()
    nodes = (await desk.app.get(THE_APP, Ref("behavior", copy["id"])))["nodes"]
    assert nodes[0]["params"]["actions"][0]["worker_id"] == str(ada.worker_id)
