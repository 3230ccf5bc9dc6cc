"""Our Mastodon package at a server anywhere: a post that got no answer is known again, and made once."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.servers.desk import THE_APP
from tests.servers.mastodon import Mastodon

from factotum.core.values import Ref
from factotum.packages.shelf import load

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = """Tom & Jerry <3 @cleo@remote.example, read
https://www.example.com/a/rather/long/path?with=a&query=1 #News"""


@pytest.fixture
def mastodon():
    with Mastodon(known=frozenset({"cleo@remote.example"})) as served:
        yield served


@pytest.fixture
async def bot(desk, mastodon):
    """Our package, linked: the ids of its records."""
    url = mastodon.base_url
    answers = {
        "prompt_instance_url": url,
        "prompt_client_id": "client",
        "prompt_client_secret": "a-secret",
    }
    made = (await desk.app.import_package(THE_APP, json.loads(load("mastodon")), answers)).records
    account = Ref("connected_account", made["connected_account"]["account_mastodon"]["id"])
    outside = desk.parts.outside
    await outside.threads.run(outside.box.seal, account, {"access_token": mastodon.token})
    service = Ref("connected_service", made["connected_service"]["service_mastodon"]["id"])
    return {"account": account, "service": service, "post": made["behavior"]["behavior_post"]["id"]}


async def without_keys(desk, bot):
    """As after the hour for which the server keeps them."""
    await desk.app.save(THE_APP, bot["service"], {"idempotency_keys": []}, {})


async def posted(desk, bot, text=TEXT):
    view = await desk.app.run_behavior(THE_APP, bot["post"], {"var_text": text}, wait=False)
    return await ended(desk, view.run.id)


async def ended(desk, run_id):
    async with asyncio.timeout(20):
        while True:
            view = await desk.app.run_view(THE_APP, run_id)
            if view.run.status not in {"queued", "running"}:
                return view
            await asyncio.sleep(0.05)


def posts(mastodon):
    return [asked for asked in mastodon.asked if asked.method == "POST"]


async def test_a_post_without_an_answer_is_found_among_those_of_the_account(
    desk, mastodon, bot, working
):
    await without_keys(desk, bot)
    mastodon.write("Another, from elsewhere")
    mastodon.cut = 1

    view = await posted(desk, bot)

    [effect] = view.effects
    assert (effect.state, effect.outcome, effect.said_by) == ("settled", "happened", "read-back")
    assert (view.run.status, view.run.error) == ("done", "")
    answered = view.run.placeholders["_http_response"]["body"]
    made = mastodon.statuses[-1]
    assert answered == {key: made[key] for key in ("id", "created_at", "content", "url")}
    assert len(posts(mastodon)) == 1


async def test_while_the_server_keeps_keys_it_is_sent_again_by_its_key(
    desk, mastodon, bot, working
):
    mastodon.cut = 1

    view = await posted(desk, bot)
    assert (view.run.status, view.run.wait_code) == ("waiting", "retry")
    await desk.app.resume_run(THE_APP, view.run.id)

    assert (await ended(desk, view.run.id)).run.status == "done"
    assert len({asked.headers["idempotency-key"] for asked in posts(mastodon)}) == 1
    assert (len(posts(mastodon)), len(mastodon.statuses)) == (2, 1)


async def test_where_the_service_says_nothing_a_person_is_asked_and_told_where_to_look(
    desk, mastodon, bot, working
):
    await without_keys(desk, bot)
    said = (await desk.app.get(THE_APP, bot["service"])).values["read_back"]
    await desk.app.save(THE_APP, bot["service"], {"read_back": {}}, {})
    mastodon.cut = 1

    view = await posted(desk, bot)
    assert (view.run.status, view.run.wait_code) == ("waiting", "unknown")
    [effect] = view.effects
    assert not await desk.app.needs_id(effect)
    assert await desk.app.page_of_effect(effect, "@ada") == ""

    await desk.app.save(THE_APP, bot["service"], {"read_back": said}, {})
    assert await desk.app.needs_id(effect)
    assert await desk.app.page_of_effect(effect, "@ada") == f"{mastodon.base_url}/@ada"
    await desk.app.settle(THE_APP, effect.key, "happened", "01ABC")
    view = await ended(desk, view.run.id)
    assert view.run.placeholders["_http_response"]["body"]["id"] == "01ABC"
    assert len(posts(mastodon)) == 1
