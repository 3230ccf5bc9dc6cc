"""What a bot is configured and filled in with is for those who may change it, by whatever way others come."""

import json

import pytest
from tests.servers.desk import THE_APP

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "c0nfigured-t0ken-of-the-app"
HEADER = "h3ader-t0ken-of-the-app"


def node(*actions):
    return {"type": "action", "title": "Work", "status": "live", "params": {"actions": [*actions]}}


@pytest.fixture
async def shared(desk):
    """A behavior of everyone's bot that reads its token and sends another."""
    config = {"token": TOKEN, "lang": "en"}
    bot = await desk.app.create(THE_APP, "bot", {"name": "Shared", "config": config}, {})
    url = f"{desk.sandbox.url}/nothing?said={{{{behavior_bot_config.token}}}}"
    actions = (
        {"action": "_set_custom_var", "var": "copy", "value": "{{behavior_bot_config.token}}"},
        {
            "action": "core.va.action.http_request",
            "http_verb": "get",
            "http_url": url,
            "http_headers": f"X-Api-Key: {HEADER}",
            "run_in_simulator": "1",
        },
        {"action": "_set_custom_var", "var": "seen", "value": "{{_http_response.info.http_code}}"},
    )
    values = {
        "bot_id": bot.id,
        "title": "Shared",
        "event_key": "event.macro.bot",
        "nodes": [node(*actions)],
    }
    return bot, await desk.app.create(THE_APP, "behavior", values, {})


def shows(*told):
    return [secret for secret in (TOKEN, HEADER) if any(secret in str(one) for one in told)]


async def test_who_may_change_it_reads_all_and_everyone_else_its_structure(desk, shared, eve, ada):
    for who, secrets in ((THE_APP, [TOKEN, HEADER]), (ada, [TOKEN, HEADER]), (eve, [])):
        told = []
        for record in shared:
            told.append(await desk.app.get(who, record.ref))
            told += (await desk.app.find(who, record.type)).records
            told.append(await desk.app.one_named(who, record.type, "Shared"))
        assert shows(*told) == secrets, who.name

    bot, behavior = [await desk.app.get(eve, record.ref) for record in shared]
    assert bot["config"] == {"token": "•••", "lang": "•••"}
    actions = behavior["nodes"][0]["params"]["actions"]
    assert [one["action"] for one in actions][1] == "core.va.action.http_request"
    assert actions[1]["http_headers"] == "•••"


async def test_who_made_a_bot_reads_what_is_inside(desk, eve):
    bot = await desk.app.create(eve, "bot", {"name": "Hers", "config": {"token": TOKEN}}, {})

    assert (await desk.app.get(eve, bot.ref))["config"] == {"token": TOKEN}


@pytest.mark.parametrize("simulate", [True, False])
async def test_a_run_works_with_it_and_does_not_show_it(desk, shared, eve, ada, simulate):
    mine = await desk.app.run_behavior(eve, shared[1].id, {}, simulate=simulate)
    again = await desk.app.run_view(eve, mine.id)
    whole = await desk.app.run_view(ada, mine.id)

    for view in (mine, again):
        assert shows(json.dumps(view.run.placeholders), view) == []
        assert view.placeholders["copy"] == "•••"
        assert view.placeholders["seen"] == "404"
        assert view.placeholders["behavior_bot_config"]["lang"] == "en"
    assert shows(whole) == [TOKEN]


async def test_a_bot_that_is_gone_leaves_nothing_in_its_runs(desk, shared, eve):
    view = await desk.app.run_behavior(eve, shared[1].id, {})
    await desk.app.delete(THE_APP, shared[0].ref)

    assert shows(await desk.app.run_view(eve, view.id)) == []


@pytest.mark.parametrize("kind", ["bot", "behavior"])
async def test_a_script_of_somebody_elses_bot_reads_nothing_of_it(desk, shared, eve, kind):
    number = {one.type: one.id for one in shared}[kind]
    actions = (
        {"action": "_set_custom_var", "var": "x__context", "value": kind},
        {"action": "_set_custom_var", "var": "x_id", "value": str(number)},
        {
            "action": "_set_custom_var",
            "var": "got",
            "value": "{{x_name}}{{x_title}} {{x_config|json_encode}} {{x_nodes|json_encode}}",
        },
        {
            "action": "core.bot.action.record.search",
            "context": kind,
            "query": "",
            "object_placeholder": "found",
        },
        {
            "action": "core.bot.action.record.retrieve",
            "context": kind,
            "id": str(number),
            "object_placeholder": "one",
        },
    )
    bot = await desk.app.create(eve, "bot", {"name": "Hers"}, {})
    values = {
        "bot_id": bot.id,
        "title": "Look",
        "event_key": "event.macro.bot",
        "nodes": [node(*actions)],
    }
    hers = await desk.app.create(eve, "behavior", values, {})

    view = await desk.app.run_behavior(eve, hers.id, {})

    assert view.status == "done", view.error
    assert view.placeholders["got"].startswith("Shared")
    assert str(number) in view.placeholders["found"]
    assert shows(view) == []


async def test_a_behavior_that_another_bot_calls_gives_back_no_configuration(desk, shared, eve):
    call = {"action": "_run_behavior", "behavior_id": str(shared[1].id), "var": "final"}
    bot = await desk.app.create(
        eve, "bot", {"name": "Hers", "config": {"own": "her own value"}}, {}
    )
    values = {
        "bot_id": bot.id,
        "title": "Call",
        "event_key": "event.macro.bot",
        "nodes": [node(call)],
    }
    hers = await desk.app.create(eve, "behavior", values, {})

    view = await desk.app.run_behavior(eve, hers.id, {})

    assert view.placeholders["final"]["seen"] == "404"
    assert "behavior_bot_config" not in view.placeholders["final"]
    assert view.placeholders["behavior_bot_config"] == {"own": "her own value"}
