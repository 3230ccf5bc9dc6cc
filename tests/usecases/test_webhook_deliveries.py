"""Webhooks that check signatures and know deliveries again: nothing runs that should not, or twice."""

import asyncio
import json
from dataclasses import replace

import pytest
from tests.hooks import signing
from tests.servers.desk import BASE_URL, THE_APP

from factotum.core.errors import BadInput, NotFound
from factotum.core.values import Ref
from factotum.usecases.webhook_call import WebhookCall

GUID = "g" * 40
PATH = f"/webhooks/{GUID}"
URL = f"{BASE_URL}{PATH}"


def package(script, action="set_http_body"):
    does = {"action": action, "value": script}
    return {
        "package": {"name": "Hook", "revision": 1, "requires": {"cerb_version": "9.1.0"}},
        "records": [
            {
                "uid": "listener",
                "_context": "webhook_listener",
                "name": "Hook",
                "guid": GUID,
                "extension_id": "cerb.webhooks.listener.engine.va",
                "extension_params": {"behavior_id": "{{{uid.behavior}}}"},
            }
        ],
        "bots": [
            {
                "uid": "bot",
                "name": "Hook bot",
                "owner": {"context": "cerberusweb.contexts.app", "id": 0},
                "behaviors": [
                    {
                        "uid": "behavior",
                        "title": "Answer",
                        "event": {"key": "event.webhook.received", "label": "Webhook"},
                        "nodes": [{"type": "action", "title": "A", "params": {"actions": [does]}}],
                    }
                ],
            }
        ],
    }


@pytest.fixture
async def hook(desk):
    """Puts a webhook up with these settings; its id."""

    async def put(script="{{random_string(12)}}", secret="", **values):
        made = await desk.app.import_package(THE_APP, package(script))
        ref = Ref("webhook_listener", made.records["webhook_listener"]["listener"]["id"])
        await desk.app.save(THE_APP, ref, values, {"signing_secret": secret} if secret else {})
        return ref

    return put


@pytest.fixture
async def receive(desk):
    """What a request to the webhook is answered."""

    async def ask(request=None, **values):
        if request is not None:
            head = [(name.lower(), value) for name, value in request.headers]
            values = {
                "method": request.method,
                "headers": tuple(head),
                "body": request.body,
                "target": request.url.removeprefix(BASE_URL),
                "query": request.url.partition("?")[2],
            } | values
        return await desk.app.receive_webhook(
            WebhookCall(**{"guid": GUID, "method": "POST", "target": PATH, **values})
        )

    return ask


async def runs(desk):
    return (await desk.app.runs(THE_APP, limit=100)).runs


async def refused(desk, ref, count=1):
    """What the webhook tells of refused ones, once that many are written down."""
    while (told := await desk.app.webhook_activity(THE_APP, ref.id)).refused < count:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return told


def now_signed(provider, body=None, secret=None, **values):
    import time

    return signing.delivery(provider, secret, body, now=int(time.time()), url=URL, **values)


@pytest.mark.parametrize("provider", sorted(signing.SENDERS))
async def test_what_a_sender_signed_runs_once(desk, hook, receive, provider):
    await hook(signed_by=provider, secret=signing.secret_for(provider), delivery_header="x-id")
    request = now_signed(provider)
    request = replace(request, headers=(*request.headers, ("x-id", "1")))

    first = await receive(request)
    again = await receive(request)

    assert first.status == 200
    assert len(first.body) == 12
    assert again == first
    assert len(await runs(desk)) == 1


@pytest.mark.parametrize("provider", sorted(signing.SENDERS))
async def test_what_somebody_else_sent_runs_nothing_and_is_told(desk, hook, receive, provider):
    ref = await hook(signed_by=provider, secret=signing.secret_for(provider))

    forged = await receive(now_signed(provider, secret=signing.secret_for(provider, 2)))
    bare = await receive(replace(now_signed(provider), headers=()), client_ip="203.0.113.7")

    assert (forged.status, bare.status) == (403, 401)
    assert json.loads(forged.body)["code"] == "signature-wrong"
    assert json.loads(bare.body)["code"] == "signature-missing"
    assert dict(bare.headers)["www-authenticate"]
    assert await runs(desk) == []
    told = await refused(desk, ref, 2)
    assert [one.code for one in told.last_refused] == ["signature-missing", "signature-wrong"]
    assert told.last_refused[0].client_ip == "203.0.113.7"
    assert signing.secret_for(provider) not in f"{told}{forged}{bare}"


async def test_a_delivery_without_an_id_runs_each_time(desk, hook, receive):
    await hook()

    assert (await receive()).body != (await receive()).body
    assert len(await runs(desk)) == 2


async def test_many_of_one_delivery_at_once_run_once(desk, hook, receive):
    ref = await hook(delivery_header="X-Delivery")

    replies = await asyncio.gather(
        *(receive(headers=(("x-delivery", "d-1"),), query=f"n={n}") for n in range(10))
    )

    assert len({reply.body for reply in replies}) == 1
    assert {reply.status for reply in replies} == {200}
    [run] = await runs(desk)
    activity = await desk.app.webhook_activity(THE_APP, ref.id)
    assert [(one.run_id, one.repeats, one.status) for one in activity.deliveries] == [
        (run.id, 9, 200)
    ]


async def test_a_failure_is_the_answer_of_every_repetition(desk, hook, receive):
    await hook("{{ 'a'|no_such_filter }}", delivery_header="x-id")

    first = await receive(headers=(("x-id", "1"),))
    assert first.status == 500
    assert await receive(headers=(("x-id", "1"),)) == first
    assert len(await runs(desk)) == 1


async def test_a_run_that_was_interrupted_is_not_begun_again(desk, hook, receive, threads):
    await hook(delivery_header="x-id")
    await receive(headers=(("x-id", "1"),))
    [run] = await runs(desk)
    await threads.run(forget_answer, run.id)

    told = await receive(headers=(("x-id", "1"),))

    assert told.status == 500
    assert b"interrupted" in told.body
    assert len(await runs(desk)) == 1


def forget_answer(run_id):
    """As a crash leaves it."""
    from factotum.store import models as tables

    tables.Delivery.objects.update(status=None)
    tables.Run.objects.filter(pk=run_id).update(status="interrupted")


async def test_the_run_is_on_disk_before_the_answer(desk, hook, receive):
    await hook()
    await receive()

    assert [run.status for run in await runs(desk)] == ["done"]


async def test_one_that_answers_at_once_tells_the_run(desk, hook, receive, working):
    await hook(answer="at_once", delivery_header="x-id")

    first = await receive(headers=(("x-id", "1"),), body=b"{}")
    again = await receive(headers=(("x-id", "1"),), body=b"{}")
    other = await receive(headers=(("x-id", "2"),))

    told = json.loads(first.body)
    assert (first.status, again) == (202, first)
    assert told["url"] == f"{BASE_URL}/runs/{told['run']}"
    while not (run := (await desk.app.run_view(THE_APP, told["run"])).run).ended_at:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert (run.status, run.driver, run.title) == ("done", "durable", "Hook")
    assert await receive(headers=(("x-id", "1"),), body=b"{}") == first
    assert other.body != first.body
    assert len(await runs(desk)) == 2


async def test_at_once_without_an_id_runs_each_time(hook, receive, working):
    await hook(answer="at_once")

    assert (await receive()).body != (await receive()).body


async def test_its_runs_have_its_priority_and_its_deadline(desk, hook, receive):
    ref = await hook(answer="at_once", delivery_header="x-id", priority=7, deadline=600)

    first = json.loads((await receive(headers=(("x-id", "1"),))).body)["run"]
    queued = (await desk.app.run_view(THE_APP, first)).run
    await receive(headers=(("x-id", "1"),))
    again = (await desk.app.run_view(THE_APP, first)).run
    [activity] = (await desk.app.webhook_activity(THE_APP, ref.id)).deliveries

    assert (queued.status, queued.priority) == ("queued", 7)
    assert queued.deadline == activity.received_at + 600
    assert again == queued


@pytest.mark.parametrize(
    ("values", "field", "word"),
    [
        ({"answer": "at_once", "priority": 0}, "priority", "from 1 to 1000"),
        ({"answer": "at_once", "priority": 1001}, "priority", "from 1 to 1000"),
        ({"answer": "at_once", "priority": "high"}, "priority", "whole number"),
        ({"answer": "at_once", "deadline": -1}, "deadline", "from 0 to"),
        ({"priority": 7}, "priority", "answer at once"),
        ({"deadline": 60}, "deadline", "answer at once"),
    ],
)
async def test_a_faulty_priority_or_deadline_is_told_and_kept_out(desk, hook, values, field, word):
    ref = await hook()
    with pytest.raises(BadInput) as told:
        await desk.app.save(THE_APP, ref, values, {})

    assert word in told.value.fields[field]
    record = await desk.app.get(THE_APP, ref)
    assert (record["priority"], record["deadline"], record["answer"]) == (100, 0, "behavior")


async def test_an_emptied_priority_is_the_usual_one(desk, hook):
    ref = await hook(answer="at_once", priority=7, deadline=60)
    record = await desk.app.save(THE_APP, ref, {"priority": "", "deadline": ""}, {})

    assert (record["priority"], record["deadline"]) == (100, 0)


async def test_xs_challenge_is_answered_and_limited_and_runs_nothing(desk, hook, receive):
    await hook(signed_by="x", secret="consumer-secret")

    async def challenge(**more):
        target = f"{PATH}?crc_token=abc"
        return await receive(method="GET", target=target, query="crc_token=abc", **more)

    first = await challenge()
    assert json.loads(first.body)["response_token"].startswith("sha256=")
    assert (await challenge(path="below")).status == 401
    statuses = [(await challenge()).status for _ in range(40)]
    assert statuses[:29] == [200] * 29
    assert set(statuses[29:]) == {429}
    assert await runs(desk) == []


async def test_a_challenges_answer_signs_no_delivery(hook, receive):
    await hook(signed_by="x", secret="consumer-secret")
    asked = await receive(method="GET", target=f"{PATH}?crc_token=abc", query="crc_token=abc")
    signature = json.loads(asked.body)["response_token"]

    forged = await receive(body=b"abc", headers=(("x-twitter-webhooks-signature", signature),))

    assert forged.status == 403


async def test_slacks_challenge_is_answered_where_it_is_signed(desk, hook, receive):
    await hook(signed_by="slack", secret="s3cr3t")
    body = b'{"type":"url_verification","challenge":"c-1"}'

    assert (await receive(now_signed("slack", body, "s3cr3t"))).body == b"c-1"
    assert (await receive(body=body)).status == 401
    assert await runs(desk) == []


async def test_a_secret_that_is_sent_is_not_shown_to_the_behavior(hook, receive):
    await hook("{{http_headers|json_encode}}", signed_by="gitlab", secret="sent-as-it-is")

    told = await receive(now_signed("gitlab", secret="sent-as-it-is"))

    assert b"content_type" in told.body
    assert b"sent-as-it-is" not in told.body


async def test_the_secret_is_kept_sealed_and_can_be_changed(desk, hook, receive):
    ref = await hook(signed_by="github", secret="old")
    record = await desk.app.get(THE_APP, ref)
    assert "signing_secret" not in record.values
    assert "signing_secret" in await desk.app.secrets_set_at(THE_APP, ref)

    await desk.app.save(THE_APP, ref, {}, {"signing_secret": " old \n\n new\r\n"})
    assert (await receive(now_signed("github", secret="old"))).status == 200
    assert (await receive(now_signed("github", secret="new"))).status == 200

    await desk.app.save(THE_APP, ref, {}, {"signing_secret": "new"})
    assert (await receive(now_signed("github", secret="old"))).status == 403


async def test_a_signature_needs_a_secret(desk, hook):
    ref = await hook()

    with pytest.raises(BadInput) as why:
        await desk.app.save(THE_APP, ref, {"signed_by": "github"}, {})
    assert "signing_secret" in why.value.fields
    with pytest.raises(BadInput, match="no field"):
        await desk.app.save(THE_APP, ref, {"signing_secret": "plain"}, {})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"signed_by": "nobody"}, "signed_by"),
        ({"answer": "later"}, "answer"),
        ({"body_limit": 26 * 1024 * 1024}, "body_limit"),
        ({"body_limit": -1}, "body_limit"),
        ({"body_limit": "many"}, "body_limit"),
        ({"delivery_header": "X Id"}, "delivery_header"),
        ({"signed_by": "hmac", "signature_header": "a:b"}, "signature_header"),
        ({"signed_by": "hmac", "signed_text": "{timestamp}"}, "signed_text"),
        ({"signed_by": "hmac", "signed_text": "{timestamp}.{body}"}, "timestamp_header"),
        ({"signed_by": "hmac", "timestamp_header": "x-time"}, "signed_text"),
        ({"signed_by": "hmac", "tolerance": 100_000}, "tolerance"),
    ],
)
async def test_a_setting_that_cannot_be_is_told_beside_its_field(desk, hook, values, field):
    ref = await hook()

    with pytest.raises(BadInput) as why:
        await desk.app.save(THE_APP, ref, values, {"signing_secret": "s"})
    assert field in why.value.fields
    assert (await desk.app.get(THE_APP, ref)).get("signed_by") == ""


async def test_a_disabled_webhook_is_not_there(desk, hook, receive):
    ref = await hook()
    await desk.app.save(THE_APP, ref, {"is_disabled": True}, {})

    with pytest.raises(NotFound, match="no webhook at this address"):
        await receive()
    with pytest.raises(NotFound, match="no webhook at this address"):
        await desk.app.webhook_body_limit(GUID)


async def test_what_is_too_large_is_told_and_runs_nothing(desk, hook, receive):
    ref = await hook(body_limit=10)
    assert await desk.app.webhook_body_limit(GUID) == 10

    told = await receive(is_too_large=True)

    assert (told.status, json.loads(told.body)["code"]) == (413, "too-large")
    assert (await refused(desk, ref)).last_refused[0].code == "too-large"


async def test_only_admins_see_what_came(desk, hook, bob):
    ref = await hook()

    with pytest.raises(NotFound):
        await desk.app.webhook_activity(bob, ref.id)


async def test_a_package_of_it_asks_for_the_secret_and_says_no_more_than_it_must(desk, hook):
    ref = await hook(signed_by="hmac", secret="s3cr3t-of-mine", signature_header="X-Acme")

    package = json.loads(await desk.app.export_package(THE_APP, [ref]))

    [entry] = package["records"]
    assert "s3cr3t-of-mine" not in json.dumps(package)
    asked = {
        prompt["key"]: prompt["label"] for prompt in package["package"]["configure"]["prompts"]
    }
    [key] = [key for key, label in asked.items() if label == "Hook: Signing secret"]
    assert entry.keys() == {
        "uid",
        "_context",
        "name",
        "guid",
        "extension_id",
        "extension_params",
    } | {"signed_by", "signature_header", "signing_secret"}

    again = await desk.app.import_package(THE_APP, package, {key: "another"}, on_existing="new")
    [made] = again.records["webhook_listener"].values()
    assert "signing_secret" in await desk.app.secrets_set_at(
        THE_APP, Ref("webhook_listener", made["id"])
    )


async def test_a_package_may_ask_for_the_secret_as_for_a_password(desk):
    asking = package("hello")
    asking["records"][0] |= {"signed_by": "github", "signing_secret": "{{{prompt_secret}}}"}
    asking["package"]["configure"] = {
        "prompts": [{"type": "text", "label": "Secret", "key": "prompt_secret"}]
    }

    asked = await desk.app.import_package(THE_APP, asking)

    assert [question.is_secret for question in asked.prompts] == [True]
