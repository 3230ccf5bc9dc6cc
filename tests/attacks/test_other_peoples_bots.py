"""What belongs to a worker's own bot is nobody else's to read, find, start or call by another bot."""

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import NotFound
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)


def node(*actions):
    return {"type": "action", "title": "", "status": "live", "params": {"actions": list(actions)}}


def request(url):
    return node({"action": "core.va.action.http_request", "http_verb": "get", "http_url": url})


def calling(behavior_id):
    run = {"action": "_run_behavior", "behavior_id": str(behavior_id), "var": "found"}
    return node({**run, "run_in_simulator": "1"})


@pytest.fixture
def bot_of(desk):
    async def made(actor, *nodes, title="Theirs"):
        bot = await desk.app.create(actor, "bot", {"name": title}, {})
        values = {
            "bot_id": bot.id,
            "title": title,
            "event_key": "event.macro.bot",
            "nodes": list(nodes),
        }
        return bot, await desk.app.create(actor, "behavior", values, {})

    return made


@pytest.fixture
async def bobs(bot_of, bob):
    return (await bot_of(bob, request("https://intranet.example/?key=bobs")))[1]


@pytest.fixture
async def webhook(desk, ada, bobs):
    values = {
        "name": "Bob's",
        "guid": "known-to-admins",
        "extension_id": "cerb.webhooks.listener.engine.va",
        "extension_params": {"behavior_id": bobs.id},
    }
    return await desk.app.create(ada, "webhook_listener", values, {})


async def test_a_behavior_is_read_by_those_who_may_see_its_bot(desk, bobs, bob, eve, ada):
    for who in (bob, ada, THE_APP):
        assert (await desk.app.get(who, bobs.ref)).id == bobs.id

    with pytest.raises(NotFound):
        await desk.app.get(eve, bobs.ref)


@pytest.mark.parametrize("text", ["", "Theirs", "bot.id:{bot}", "id:{id}"])
async def test_a_behavior_is_found_by_those_who_may_see_its_bot(desk, bobs, bob, eve, ada, text):
    words = text.format(bot=bobs["bot_id"], id=bobs.id)

    found = {who.name: await desk.app.find(who, "behavior", words) for who in (bob, eve, ada)}

    assert {name: page.total for name, page in found.items()} == {"bob": 1, "eve": 0, "ada": 1}


async def test_everyone_sees_the_behaviors_of_the_apps_bots(desk, bot_of, eve):
    _, shared = await bot_of(THE_APP, title="Everyone's")

    assert (await desk.app.find(eve, "behavior")).total == 1
    assert (await desk.app.get(eve, shared.ref)).id == shared.id


async def test_the_address_of_a_webhook_is_for_admins(desk, webhook, bob, eve, ada):
    assert (await desk.app.get(ada, webhook.ref))["guid"] == "known-to-admins"
    for worker in (bob, eve):
        assert (await desk.app.find(worker, "webhook_listener", "guid:known*")).total == 0
        with pytest.raises(NotFound):
            await desk.app.get(worker, webhook.ref)


async def test_a_workers_bot_does_not_run_another_workers_behavior(desk, bobs, bot_of, eve):
    _, hers = await bot_of(eve, calling(bobs.id), title="Hers")

    view = await desk.app.run_behavior(eve, hers.id, {})

    assert view.run.status == "failed"
    assert f"no behavior {bobs.id}" in view.error


async def test_the_apps_bot_runs_what_workers_made(desk, bot_of, bob):
    _, his = await bot_of(bob, title="His")
    _, shared = await bot_of(THE_APP, calling(his.id), title="Everyone's")

    assert (await desk.app.run_behavior(bob, shared.id, {})).run.status == "done"


async def test_a_workers_bot_finds_no_webhook_and_no_behavior_of_others(desk, webhook, bot_of, eve):
    search = "core.bot.action.record.search"
    found = []
    for kind in ("behavior", "webhook_listener"):
        action = {"action": search, "context": kind, "query": "", "object_placeholder": "found"}
        _, hers = await bot_of(eve, node(action), title=f"Looks for {kind}")
        view = await desk.app.run_behavior(eve, hers.id, {})
        assert view.run.status == "done", view.error
        found.append(str(view.placeholders["found"]))

    assert "known-to-admins" not in "".join(found)
    assert "intranet.example" not in "".join(found)


async def test_another_workers_account_is_neither_shown_nor_used(desk, bob, eve):
    service = await desk.app.create(
        THE_APP,
        "connected_service",
        {
            "name": "S",
            "extension_id": "cerb.service.provider.token.bearer",
            "params": {"api_base_url": f"{desk.sandbox.url}/"},
        },
        {},
    )
    account = await desk.app.create(
        bob, "connected_account", {"name": "Bob's", "service_id": service.id}, {"token": "t" * 20}
    )

    with pytest.raises(NotFound):
        await desk.app.secrets_set_at(eve, Ref("connected_account", account.id))
    assert (await desk.app.find(eve, "connected_account")).total == 0
