"""The published packages do what their pages say, unchanged; skipped where they are not here."""

from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from tests.guide.packages import published
from tests.servers.desk import THE_APP

from factotum.core.values import Ref
from factotum.usecases.chats import Answer
from factotum.usecases.webhook_call import WebhookCall

pytestmark = pytest.mark.django_db(transaction=True)


def package(name):
    found = published(name)
    if found is None:
        pytest.skip("the published packages are not here")
    return found


def ids(result, context):
    return {uid: record["id"] for uid, record in result.records[context].items()}


@pytest.fixture
async def twitter(desk):
    keys = desk.registered()
    answers = {
        "prompt_client_id": keys.consumer_key,
        "prompt_client_secret": keys.consumer_secret,
    }
    service = await desk.app.import_package(THE_APP, package("twitter-service"), answers)
    account = ids(service, "connected_account")["account_twitter"]
    await desk.linked(THE_APP, account)
    return await desk.app.import_package(
        THE_APP, package("twitter-bot"), {"twitter_account_id": account}
    )


async def test_the_twitter_bots_literal_id_is_a_reported_repair(twitter):
    assert twitter.repairs
    assert any("23" in str(repair) for repair in twitter.repairs)


async def test_the_twitter_bots_four_behaviors_run_simulated_and_for_real(desk, twitter):
    behaviors = ids(twitter, "behavior")
    desk.sandbox.state.add_user("zoe")
    for number, simulate in enumerate((True, False)):
        for uid, values in (
            ("behavior_19", {"var_status": f"Tweet {number}"}),
            ("behavior_20", {"var_query": "Tweet"}),
            ("behavior_18", {}),
            ("behavior_21", {"var_screen_name": "zoe"}),
        ):
            view = await desk.app.run_behavior(THE_APP, behaviors[uid], values, simulate=simulate)
            assert view.status == "done", (uid, simulate, view.error)
            assert "response_json" in view.placeholders


async def test_the_twitter_bots_chat_tweets(desk, twitter, ada):
    [entry] = await desk.app.chat_menu(ada)
    assert entry.name == "Post a tweet"
    chat = await desk.app.chat_start(ada, entry)

    chat = await desk.app.chat_send(ada, chat.id, Answer("Hello world"), turn=chat.turn)

    [tweet] = desk.sandbox.state.tweets.values()
    assert f"I created Tweet #{tweet.id} for you." in [m["text"] for m in chat.messages]


@pytest.mark.parametrize("fault", ["401", "500", "garbage", "cut-before", "cut-after"])
async def test_the_twitter_bots_chat_never_reports_what_was_not_posted(desk, twitter, ada, fault):
    [entry] = await desk.app.chat_menu(ada)
    chat = await desk.app.chat_start(ada, entry)
    desk.fail(fault, path="/1.1/statuses/update.json")

    chat = await desk.app.chat_send(ada, chat.id, Answer("Hello world"), turn=chat.turn)

    assert not any("I created Tweet" in m["text"] for m in chat.messages)
    assert any(m["from"] == "fault" for m in chat.messages)
    assert len(desk.seen("POST", "/1.1/statuses/update.json")) == 1


@pytest.fixture
async def twilio(desk):
    answers = {"prompt_account_sid": "AC123", "prompt_auth_token": "t0ken-of-twilio"}
    service = await desk.app.import_package(THE_APP, package("twilio-service"), answers)
    return await desk.app.import_package(
        THE_APP,
        package("twilio-bot"),
        {
            "twilio_account_id": ids(service, "connected_account")["account_twilio"],
            "account_sid": "AC123",
            "default_from": "+15551234567",
        },
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("HELP", "You can say:"),
        ("help", "You can say:"),
        ("LOGO", "logo"),
        ("LINK", "Visit"),
        ("Ahoy <you> & me", "You said: Ahoy <you> & me"),
    ],
)
async def test_twilios_webhook_answers_in_xml(desk, twilio, body, words):
    webhook = (await desk.app.find(THE_APP, "webhook_listener")).records[0]
    reply = await desk.app.receive_webhook(
        WebhookCall(
            guid=webhook["guid"],
            method="POST",
            headers=(("content-type", "application/x-www-form-urlencoded"),),
            body=urlencode({"Body": body, "From": "+1555"}).encode(),
        )
    )

    assert (reply.status, dict(reply.headers)["content-type"]) == (200, "text/xml; charset=utf-8")
    answer = ET.fromstring(reply.body.decode().strip())
    assert words in "".join(answer.itertext())


@pytest.mark.parametrize("simulate", [True, False])
async def test_twilios_webhook_is_tried_by_hand_with_what_would_come_in(desk, twilio, simulate):
    view = await desk.app.run_behavior(
        THE_APP,
        ids(twilio, "behavior")["behavior_43"],
        {},
        simulate=simulate,
        event={"body": "Body=HELP&From=%2B1555"},
    )

    assert view.status == "done"
    assert view.placeholders["http_params"] == {"body": "HELP", "from": "+1555"}
    assert "You can say:" in view.placeholders["_http_response_body"]


async def test_twilios_number_lookup_goes_only_where_its_account_may(desk, twilio):
    view = await desk.app.run_behavior(
        THE_APP, ids(twilio, "behavior")["behavior_42"], {"var_phone_number": "+1555"}
    )

    assert view.status == "failed"
    [step] = [step for step in view.failed_steps if step.kind == "http"]
    assert step.data["error"]["code"] in {"dns-failed", "host-not-allowed"}


async def test_slacks_packages_import(desk):
    answers = {"prompt_client_id": "id", "prompt_client_secret": "a-slack-secret"}
    service = await desk.app.import_package(THE_APP, package("slack-service"), answers)
    account = ids(service, "connected_account")["account_slack"]

    result = await desk.app.import_package(
        THE_APP, package("slack-bot"), {"slack_account_id": account}
    )

    assert len(ids(result, "behavior")) == 6
    started = await desk.app.link_start(THE_APP, Ref("connected_account", account))
    assert started.url.startswith("https://slack.com/oauth/authorize?")


@pytest.fixture
async def prompts(desk, ada):
    """Asks and answers the Prompt Bot's questions one after the other."""
    await desk.app.import_package(THE_APP, package("prompt-bot"), {})
    [entry] = await desk.app.chat_menu(ada)
    chat = await desk.app.chat_start(ada, entry)

    class Talk:
        def __init__(self):
            self.chat = chat

        @property
        def kind(self):
            return self.chat.prompt["kind"] if self.chat.prompt else None

        @property
        def last(self):
            return [m["text"] for m in self.chat.messages if m["from"] != "person"][-1]

        async def say(self, message="", **more):
            self.chat = await desk.app.chat_send(
                ada, self.chat.id, Answer(message, **more), turn=self.chat.turn
            )

    return Talk()


async def test_the_prompt_bot_asks_everything_and_sums_it_up(desk, prompts, ada):
    talk = prompts
    assert talk.chat.messages[0]["text"] == "Hi, ada!"
    assert (talk.kind, talk.last) == ("text", "Enter some text:")
    await talk.say("")
    assert talk.kind == "text"
    assert "type _something_" in talk.last
    await talk.say("Some text")

    for wrong, words in (("many", "valid number"), ("101", "between 1 and 100")):
        await talk.say(wrong)
        assert words in talk.last
    await talk.say("42")

    assert talk.kind == "date"
    for wrong, words in (("no date", "valid date"), ("yesterday", "in the future")):
        await talk.say(wrong)
        assert words in talk.last
    await talk.say("tomorrow 8am")

    for wrong in ("nobody", "me@localhost"):
        await talk.say(wrong)
        assert "valid email" in talk.last
    await talk.say("ada@example.com")

    assert talk.kind == "buttons"
    await talk.say("yes")

    assert talk.kind == "chooser"
    await talk.say(ids=[ada.worker_id])

    assert talk.kind == "images"
    assert len(talk.chat.prompt["params"]["images"]) >= 2
    await talk.say("mobile")

    assert talk.kind == "file"
    await talk.say(file=("notes.txt", "text/plain", b"some notes"))
    assert "send an image file" in talk.last
    await talk.say(file=("large.png", "image/png", b"x" * 250_001))
    assert "smaller than 250KB" in talk.last
    await talk.say(file=("face.png", "image/png", b"not really"))
    while talk.kind == "wait":
        await talk.say()

    [summary] = [m["text"] for m in talk.chat.messages if "You said:" in m["text"]]
    for expected in (
        "Some text",
        "42",
        "ada@example.com",
        "Yes/No: yes",
        "ada",
        "mobile",
        "face.png",
    ):
        assert expected in summary
    assert talk.kind == "buttons"
    await talk.say("Bye!")
    assert not talk.chat.is_open


async def test_recurring_tasks_are_shown_simulated_and_fired_by_hand(desk, ada):
    result = await desk.app.import_package(THE_APP, package("recurring-tasks"), {})
    behavior = ids(result, "behavior")["behavior_12"]
    shown = await desk.app.get(THE_APP, Ref("behavior", behavior))
    assert "0 8 * * 1-5" in str(shown["event_params"])

    simulated = await desk.app.run_behavior(THE_APP, behavior, {}, simulate=True)
    assert simulated.status == "done", simulated.error
    before = (await desk.app.find(THE_APP, "task")).total

    done = await desk.app.run_behavior(THE_APP, behavior, {})

    assert done.status == "done", done.error
    tasks = (await desk.app.find(THE_APP, "task", sort="id")).records[before:]
    expected = {"Get coffee": 90, "Reply to all unread email": 50}
    got = {task.label: task["importance"] for task in tasks}
    assert expected.items() <= got.items()
