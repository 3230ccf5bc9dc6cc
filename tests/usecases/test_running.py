"""Running behaviors by hand: one run a key, whoever asks at the same time; who sees which run."""

import asyncio

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.values import Actor, Ref

pytestmark = pytest.mark.django_db(transaction=True)

POST = ("POST", "/1.1/statuses/update.json")


async def test_the_same_key_at_the_same_moment_is_one_run(desk, linked):
    views = await asyncio.gather(
        *(
            desk.app.run_behavior(
                THE_APP, linked["b_post"], {"var_text": "Once"}, idempotency_key="k-1"
            )
            for _ in range(6)
        )
    )

    assert len({view.id for view in views}) == 1
    assert {view.status for view in views} == {"done"}
    assert {view.placeholders["answer"]["text"] for view in views} == {"Once"}
    assert len(desk.seen(*POST)) == 1
    assert len((await desk.app.runs(THE_APP)).runs) == 1


async def test_a_key_used_again_for_something_else_is_refused(desk, linked):
    await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "a"}, idempotency_key="k")

    with pytest.raises(BadInput) as refused:
        await desk.app.run_behavior(
            THE_APP, linked["b_user"], {"var_name": "b"}, idempotency_key="k"
        )

    assert refused.value.code == "idempotency-key-reused"


async def test_what_an_event_does_not_ask_is_told_and_nothing_runs(desk, linked):
    with pytest.raises(BadInput) as refused:
        await desk.app.run_behavior(
            THE_APP, linked["b_user"], {"var_name": "a"}, event={"body": "x"}
        )

    assert refused.value.code == "unknown-event-value"
    assert "needs nothing to be said" in refused.value.sentence
    assert not (await desk.app.runs(THE_APP)).runs


async def test_a_key_belongs_to_who_used_it(desk, linked, ada, bob):
    mine = await desk.app.run_behavior(
        ada, linked["b_user"], {"var_name": "alice"}, idempotency_key="k"
    )
    theirs = await desk.app.run_behavior(
        bob, linked["b_user"], {"var_name": "alice"}, idempotency_key="k"
    )

    assert mine.id != theirs.id


async def test_hanging_up_ends_no_run(desk, linked):
    desk.fail("slow", path=POST[1], seconds=0.5)
    asked = asyncio.create_task(
        desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Hello"})
    )
    await desk.until_seen(*POST)
    asked.cancel()
    await desk.app.drain()

    [run] = (await desk.app.runs(THE_APP)).runs
    view = await desk.app.run_view(THE_APP, run.id)
    assert view.status == "done"
    assert [effect.state for effect in view.effects] == ["answered"]


async def test_the_simulator_shows_the_answer_where_the_package_says_so(desk, linked):
    view = await desk.app.run_behavior(
        THE_APP, linked["b_user"], {"var_name": "alice"}, simulate=True
    )

    assert view.run.driver == "simulated"
    assert view.placeholders["answer"]["screen_name"] == "alice"


async def test_an_unknown_variable_is_named(desk, linked):
    with pytest.raises(BadInput) as refused:
        await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_nope": "x"})

    assert "var_nope" in refused.value.sentence
    assert (await desk.app.runs(THE_APP)).runs == []


@pytest.mark.parametrize("run_id", ["nope", "", "0" * 31, "\0", "0" * 32, "../x"])
async def test_a_run_that_is_not_there_is_not_found(desk, run_id):
    with pytest.raises(NotFound):
        await desk.app.run_view(THE_APP, run_id)


async def test_a_list_of_runs_wants_a_real_cursor(desk):
    with pytest.raises(BadInput):
        await desk.app.runs(THE_APP, after="\0")


async def test_a_worker_sees_their_own_runs_and_not_a_colleagues(desk, linked, ada, bob):
    mine = await desk.app.run_behavior(bob, linked["b_user"], {"var_name": "alice"})
    theirs = await desk.app.run_behavior(ada, linked["b_user"], {"var_name": "bob"})

    assert [run.id for run in (await desk.app.runs(bob)).runs] == [mine.id]
    assert (await desk.app.run_view(bob, mine.id)).id == mine.id
    with pytest.raises(NotFound):
        await desk.app.run_view(bob, theirs.id)
    assert len((await desk.app.runs(ada)).runs) == 2


async def test_a_colleagues_bot_is_not_there_for_another_worker(desk, linked, ada, bob):
    carol = await desk.worker("carol")
    await desk.app.save(
        THE_APP,
        Ref("bot", linked["bot"]),
        {"owner__context": "worker", "owner_id": carol.worker_id},
        {},
    )

    with pytest.raises(NotFound):
        await desk.app.run_behavior(bob, linked["b_user"], {"var_name": "alice"})
    with pytest.raises(Refused):  # an admin sees it, and does not act as carol
        await desk.app.run_behavior(ada, linked["b_user"], {"var_name": "alice"})


async def test_a_workers_bot_may_not_use_a_colleagues_account(desk, linked, bob):
    carol = await desk.worker("carol")
    await desk.app.save(
        THE_APP,
        Ref("connected_account", linked["account"]),
        {"owner__context": "worker", "owner_id": carol.worker_id},
        {},
    )
    await desk.app.save(
        THE_APP,
        Ref("bot", linked["bot"]),
        {"owner__context": "worker", "owner_id": bob.worker_id},
        {},
    )

    view = await desk.app.run_behavior(bob, linked["b_post"], {"var_text": "Not mine"})

    assert view.status == "failed"
    assert "may use" in view.error
    assert [step.data["error"]["code"] for step in view.steps if step.kind == "http"] == [
        "account-not-allowed"
    ]
    assert desk.seen(*POST) == []


async def test_a_run_keeps_no_secret(desk, linked):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Hello"})

    keys = next(iter(desk.sandbox.state.apps.values()))
    [token] = desk.sandbox.state.user_tokens.values()
    for secret in (keys.consumer_secret, token.secret, token.token):
        assert secret not in repr(view)


async def test_an_account_that_is_not_linked_is_a_failed_step_with_its_words(desk, imported):
    view = await desk.app.run_behavior(THE_APP, imported["b_post"], {"var_text": "Hello"})

    assert view.status == "failed"
    assert "not linked" in view.error
    assert desk.seen(*POST) == []


async def test_a_disabled_bot_does_not_run(desk, linked):
    await desk.app.save(THE_APP, Ref("bot", linked["bot"]), {"is_disabled": True}, {})

    try:
        view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Hello"})
    except Refused:
        pass
    else:
        assert view.status == "failed"
    assert desk.seen(*POST) == []


async def test_a_group_owned_bot_says_that_nobody_can_act_as_it(desk, linked):
    group = await desk.app.create(THE_APP, "group", {"name": "Support"}, {})
    await desk.app.save(
        THE_APP, Ref("bot", linked["bot"]), {"owner__context": "group", "owner_id": group.id}, {}
    )

    with pytest.raises(Refused) as refused:
        await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"})

    assert refused.value.code == "no-actor"


async def test_a_behavior_that_asks_says_that_it_wants_a_chat(desk, linked):
    view = await desk.app.run_behavior(THE_APP, linked["b_chat"], {})

    assert (view.status, view.run.code) == ("failed", "needs-chat")


async def test_a_program_acts_as_the_product_and_names_itself(desk, linked):
    robot = Actor(None, "Factotum", is_admin=True, via="api")

    view = await desk.app.run_behavior(robot, linked["b_user"], {"var_name": "alice"})

    assert (view.run.actor, view.run.worker_id) == ("Factotum", None)
