import json

import pytest
from tests.bots import packages
from tests.bots.chatting import chat
from tests.bots.driving import PENDING, SCRIPTS, World, answering

from factotum.bots.conversation import menu
from factotum.bots.effects import Ask, CallHttp, ChangeRecord, CloseWindow, HttpResult
from factotum.bots.interpreter import walk
from factotum.bots.triggers.webhook import answer_of

GET_TWEETS = "https://api.twitter.com/1.1/search/tweets.json?q=%23cerb%20bots"
DUPLICATE = '{"errors":[{"code":187,"message":"Status is a duplicate."}]}'


def twitter():
    return packages.bot("twitter-bot", twitter_account_id="5")


def tweeting(service, *typed):
    behaviors = twitter()
    world = World(service=service, behaviors=packages.by_id(behaviors))
    payload = {"interaction": "twitter.tweet.post"}
    return chat(behaviors["behavior_23"], *typed, world=world, payload=payload)


def test_twitters_menu_offers_to_post_a_tweet():
    behaviors = twitter()
    offers = World().run(
        menu(list(behaviors.values()), "global", {"worker_id": 3}, scripts=SCRIPTS)
    )
    assert [(one.name, one.interaction) for one in offers] == [
        ("Post a tweet", "twitter.tweet.post")
    ]
    assert offers[0].behavior_id == str(behaviors["behavior_23"].id)


@pytest.mark.parametrize(
    ("uid", "variables", "url"),
    [
        ("behavior_20", {"query": "#cerb bots"}, GET_TWEETS),
        ("behavior_18", {}, "https://api.twitter.com/1.1/statuses/mentions_timeline.json"),
        ("behavior_21", {"screen_name": "x"}, "https://api.twitter.com/1.1/users/show.json?screen_name=x"),
        ("behavior_19", {"status": "a b&c"}, "https://api.twitter.com/1.1/statuses/update.json"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("simulate", [False, True])
def test_twitters_four_api_behaviors_send_their_request(uid, variables, url, simulate):
    world = World(service=answering('{"id_str": "7"}'))
    program = walk(twitter()[uid], {}, scripts=SCRIPTS, variables=variables, simulate=simulate)
    final = world.run(program)
    (call,) = world.of(CallHttp)
    assert (call.url, call.account_id, call.send_in_simulator) == (url, 5, True)
    assert ("User-Agent", "Cerb") in call.headers
    assert final["response_json"] == {"id_str": "7"}
    if uid == "behavior_19":
        assert call.body == "status=a%20b%26c"


def test_the_chat_asks_posts_and_answers_with_the_id():
    world = tweeting(answering('{"id_str": "1234567890123456789"}'), "Hello world", "again")
    (call,) = world.of(CallHttp)
    assert (call.method, call.body) == ("POST", "status=Hello%20world")
    assert world.said == [
        "What would you like to Tweet?:",
        "I created Tweet #1234567890123456789 for you.",
        "What would you like to Tweet?:",
    ]


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (answering('{"errors":[{"code":32,"message":"Could not authenticate you."}]}', 401), "Could not authenticate you.”"),
        (answering(DUPLICATE, 403), "Status is a duplicate.” (code 187). The same text was posted before"),
        (answering('{"errors":[{"code":453,"message":"You currently have access to a subset"}]}', 403), "has closed this endpoint"),
        (answering("", 429), "Too many requests"),
        (answering("<html>"), "It is not known whether that worked."),
        (answering(""), "It is not known whether that worked."),
        (lambda call: HttpResult(error="api.twitter.com did not answer.", is_unknown=True), "It is not known"),
    ],
)  # fmt: skip
def test_a_tweet_that_failed_is_told_and_never_reported_as_posted(service, words):
    world = tweeting(service, "Hello")
    assert words in world.faults[0]
    assert not any("I created" in one for one in world.said)
    assert world.said[-1] == "What would you like to Tweet?:"


@pytest.mark.parametrize("typed", ["", "   ", "\n\t"])
def test_an_empty_tweet_is_never_sent(typed):
    world = tweeting(answering('{"id_str": "7"}'), typed)
    assert world.of(CallHttp) == []
    assert world.said[-1] == "Please type something."


def test_slacks_behaviors_work_under_their_own_rules():
    for uid, found in packages.bot("slack-bot", slack_account_id="5").items():
        variables = {one.key: "C1" for one in found.variables}
        world = World(service=answering('{"ok": true}'))
        final = world.run(walk(found, {}, scripts=SCRIPTS, variables=variables))
        (call,) = world.of(CallHttp)
        assert call.url.startswith("https://slack.com/api/"), uid
        assert final["response_json"] == {"ok": True}


def twilio():
    return packages.bot(
        "twilio-bot",
        twilio_account_id="5",
        account_sid="AC1",
        default_from="+15550001",
        webhook_guid="x",
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("HELP", "You can say:\n* HELP\n* LOGO\n* LINK"),
        ("logo", "<Media>https://cerb.ai/assets/images/home/cerby.png</Media>"),
        ("Link", "Visit https://cerb.ai/"),
        ("5 < 6 & so", "Hi +15550002! You said: 5 &lt; 6 &amp; so"),
    ],
)
def test_twilios_webhook_answers(body, words):
    payload = {"verb": "post", "params": {"Body": body, "From": "+15550002"}}
    final = World().run(walk(twilio()["behavior_43"], payload, scripts=SCRIPTS))
    answer = answer_of(final)
    assert answer.status == 200
    assert words in answer.body
    assert answer.body.strip().startswith("<?xml")


def test_twilio_sends_a_message_with_the_bots_configuration():
    world = World(service=answering("<Response/>", 201))
    variables = {"to": "+1 555", "body": "a&b"}
    world.run(walk(twilio()["behavior_41"], {}, scripts=SCRIPTS, variables=variables))
    (call,) = world.of(CallHttp)
    assert call.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages"
    assert call.body.strip() == "To=%2B1%20555&From=%2B15550001&Body=a%26b"


ANSWERS = [
    "Some text",
    "100",
    "tomorrow 8am",
    "ann@example.com",
    "yes",
    {"ids": [5]},
    "Email",
    {"file_id": 1024},
    {},
    "Bye!",
]


def prompting(*typed):
    behaviors = packages.bot("prompt-bot")
    world = World(
        behaviors=packages.by_id(behaviors),
        records={
            ("worker", 3): {"first_name": "Mia", "address_address": "mia@example.com"},
            ("worker", 5): {"_label": "Ann B."},
            ("attachment", 1024): {"_label": "a.png", "size": 1000, "mime_type": "image/png"},
            ("attachment", 9): {"_label": "a.txt", "size": 1000, "mime_type": "text/plain"},
            ("attachment", 8): {"_label": "b.png", "size": 999999, "mime_type": "image/png"},
        },
    )
    start = behaviors["behavior_handle_interaction"]
    return chat(start, *typed, world=world, payload={"interaction": "prompts.test"})


def test_prompt_bot_asks_in_every_way_and_sums_up():
    images = ["email" if one == "Email" else one for one in ANSWERS]
    world = prompting(*images)
    assert world.said[0] == "Hi, Mia!"
    assert [one.kind for one in world.of(Ask)] == [
        "text", "text", "date", "text", "buttons", "chooser", "images", "file", "wait", "buttons",
    ]  # fmt: skip
    summary = world.said[-1]
    for words in (
        "* Text: Some text",
        "* Number: 100",
        "* Date: June 02, 2026 8:00am",
        "* Email: ann@example.com",
        "* Yes/No: yes",
        "* Worker: Ann B. (#5)",
        "* Notify: email",
        "* File: a.png (#1,024)",
    ):
        assert words in summary.replace("\r\n", "\n")
    assert len(world.of(CloseWindow)) == 1
    assert world.ended is not PENDING


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ([""], "C'mon! You can at least type _something_!"),
        (["x", "abc"], "Please enter a valid number."),
        (["x", "101"], "The number must be between 1 and 100."),
        (["x", "5", "yesterday"], "Please enter a date in the future."),
        (["x", "5", "gibberish"], 'Please enter a valid date. For instance, "Friday noon".'),
        (["x", "5", "tomorrow", "nobody"], "Please enter a valid email address."),
        ([*ANSWERS[:4], "maybe"], "Please press one of: yes, no."),
        ([*ANSWERS[:6], "email", {"file_id": 9}], "Please send an image file: PNG, JPEG, GIF."),
        ([*ANSWERS[:6], "email", {"file_id": 8}], "The file must be smaller than 250KB."),
    ],
)
def test_prompt_bot_complains_and_asks_again(typed, complaint):
    world = prompting(*typed)
    assert world.said[-1] == complaint
    kinds = [one.kind for one in world.of(Ask)]
    assert kinds[-1] == kinds[-2]


def test_prompt_bots_default_for_the_email_is_the_workers_own():
    asks = prompting("x", "5", "tomorrow").of(Ask)
    assert asks[-1].params["default"] == "mia@example.com"


@pytest.mark.parametrize(("day", "tasks"), [(0, 4), (1, 2)])
def test_recurring_tasks_makes_its_tasks_under_its_own_rules(day, tasks):
    (found,) = packages.bot("recurring-tasks").values()
    records = {("worker", 3): {"id": 3, "_label": "Mia"}, ("worker", 5): {"id": 5, "_label": "Ann"}}
    world = World(records=records, at=World().at + day * 86400)
    world.run(walk(found, {}, scripts=SCRIPTS, timezone="America/Los_Angeles"))
    changes = world.of(ChangeRecord)
    assert len(changes) == tasks
    assert changes[0].values["title"] == "Get coffee"
    assert changes[0].values["importance"] == 90
    if tasks == 4:
        assert [one.values["owner_id"] for one in changes[2:]] == [3, 5]
        assert changes[3].values["title"] == "Send weekly status report: Ann"
    assert json.dumps(changes[0].values)
