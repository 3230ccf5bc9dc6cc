import pytest
from tests.bots.driving import behavior

from factotum.bots.tree import read_bot
from factotum.bots.triggers.interactions import listens
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.triggers.recurrent import pattern_fault, patterns
from factotum.bots.triggers.trigger import triggers
from factotum.bots.triggers.unavailable import label_of
from factotum.core.errors import BadInput


def values(key, payload=None, **more):
    bot = read_bot({"name": "Bo"}, id=9)
    return trigger_for(key).values(payload or {}, behavior(event=key, bot=bot, **more))


def test_a_bots_macro_knows_its_bot():
    found = values("event.macro.bot")
    assert (found["va_id"], found["va_name"], found["va__label"]) == (9, "Bo", "Bo")


def test_a_macro_on_a_record_reads_it_by_the_types_name():
    assert values("event.macro.task", {"id": 4}) == {
        "task__context": "cerberusweb.contexts.task",
        "task_id": 4,
    }
    assert trigger_for("event.macro.task").label == "Custom behavior on task"
    assert trigger_for("event.macro.nothing") is None
    assert trigger_for("event.nothing") is None


def test_a_webhooks_names_are_lower_case_with_underscores():
    found = values(
        "event.webhook.received",
        {
            "verb": "post",
            "path": "/a",
            "body": "b",
            "headers": {"X-Hub-Signature": "s"},
            "params": {"From": "+1"},
            "client_ip": "192.0.2.1",
        },
    )
    assert found == {
        "http_verb": "POST",
        "http_path": "/a",
        "http_body": "b",
        "http_headers": {"x_hub_signature": "s"},
        "http_params": {"from": "+1"},
        "http_client_ip": "192.0.2.1",
    }


def test_an_api_request_a_changed_record_and_the_menu_give_their_values():
    api = values("event.api.custom_request", {"request": "r", "params": {"a": 1}, "worker_id": 3})
    assert (api["request"], api["request_params"], api["worker_id"]) == ("r", {"a": 1}, 3)
    changed = values(
        "event.record.changed",
        {
            "id": 4,
            "is_new": True,
            "was": {"title": "old"},
            "actor__context": "worker",
            "actor_id": 3,
        },
        params={"context": "task"},
    )
    assert changed["record__context"] == "cerberusweb.contexts.task"
    assert (changed["record__type"], changed["record_id"], changed["is_new"]) == ("task", 4, 1)
    assert (changed["was_record"], changed["was_record_title"]) == ({"title": "old"}, "old")
    assert (changed["task__context"], changed["task_id"]) == ("cerberusweb.contexts.task", 4)
    assert (changed["old_task_title"], changed["old_task_status"]) == ("old", "")
    assert values("event.record.changed", {"context": "ticket"})["record__context"] == "ticket"
    menu = values("event.interactions.get.worker", {"worker_id": 3})
    assert (menu["point"], menu["worker__context"]) == ("global", "cerberusweb.contexts.worker")


def test_a_conversation_knows_its_interaction_and_message():
    payload = {"interaction": "i", "interaction_params": {"a": 1}, "worker_id": 3}
    started = values("event.interaction.chat.worker", payload)
    assert (started["interaction"], started["interaction_bot_name"]) == ("i", "Bo")
    message = values("event.message.chat.worker", {**payload, "message": "hi"})
    assert (message["message"], message["interaction_params"]) == ("hi", {"a": 1})


@pytest.mark.parametrize(
    ("points", "point", "result"),
    [
        ("global", "global", True), ("global\r\n", "global", True), ("a\nrecord:*", "record:task:5", True),
        ("global", "record:task", False), ("", "global", False), ("*", "anything", True), ("GLOBAL", "global", True),
    ],
)  # fmt: skip
def test_a_behavior_listens_at_its_points(points, point, result):
    menu = behavior(event="event.interactions.get.worker", params={"listen_points": points})
    assert listens(menu, point) is result


def test_only_the_menus_event_listens():
    assert not listens(behavior(params={"listen_points": "*"}), "global")


def test_patterns_are_read_without_comments():
    params = {"repeat_patterns": "# at night\r\n\r\n0 3 * * *\r\n@daily\n"}
    assert patterns(params) == ["0 3 * * *", "@daily"]
    assert patterns({}) == []
    assert values("event.behavior.recurrent") == {}


@pytest.mark.parametrize(
    "pattern",
    ["* * * * *", "0 8 * * 1-5", "*/5 0,12 1-15/2 jan-mar MON", "@hourly", "0 0 ? * 7"],
)
def test_a_good_pattern_has_no_fault(pattern):
    assert pattern_fault(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("* * * *", "needs five parts"),
        ("60 * * * *", "“60” is no minute (0 to 59)"),
        ("* 24 * * *", "no hour"),
        ("* * 0 * *", "no day of month"),
        ("* * * foo *", "no month"),
        ("* * * * 1-8", "no day of week"),
        ("*/x * * * *", "no minute"),
        ("@never", "needs five parts"),
    ],
)
def test_a_bad_pattern_is_told(pattern, words):
    assert words in pattern_fault(pattern)


def test_a_schedules_params_are_checked():
    schedule = trigger_for("event.behavior.recurrent")
    assert schedule.faults({"repeat_patterns": "0 8 * * *", "timezone": "Europe/Berlin"}) == {}
    assert set(schedule.faults({"repeat_patterns": "x", "timezone": "Mars/Base"})) == {
        "repeat_patterns",
        "timezone",
    }
    assert set(schedule.faults({"timezone": "../etc"})) == {"timezone"}


def test_every_trigger_declares_what_it_sets():
    for key in triggers:
        trigger = trigger_for(key)
        assert trigger.label
        found = trigger.values({}, behavior(event=key))
        assert set(trigger.placeholders) <= set(found)


def test_events_that_do_not_happen_yet_have_labels():
    assert label_of("event.form.interaction.worker") == "Form interaction"
    assert label_of("event.macro.ticket") == "Custom behavior on ticket"
    assert label_of("event.nothing") == ""


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ("task", ""),
        ("cerberusweb.contexts.task", ""),
        ("nothing", ""),
        ("", "required"),
        ("cerberusweb.contexts.ticket", "Records of the type ticket are not available yet."),
    ],
)
def test_a_change_of_records_that_are_not_kept_here_is_told(context, sentence):
    faults = trigger_for("event.record.changed").faults({"context": context})
    assert bool(faults) is bool(sentence)
    assert sentence in "".join(faults.values()) or context == ""


def test_what_is_said_of_a_webhook_is_read_as_if_it_had_come_in():
    webhook = trigger_for("event.webhook.received")
    said = {
        "method": "post",
        "headers": "Content-Type: application/x-www-form-urlencoded\nX-Twilio-Id: 7\n\nX-Twilio-Id: 8",
        "body": "Body=HELP&From=%2B1555",
        "query": "ids[]=1&ids[]=2",
        "path": "sms",
        "client_ip": "192.0.2.7",
    }

    values = webhook.values(webhook.payload(said), behavior())

    assert values == {
        "http_verb": "POST",
        "http_path": "sms",
        "http_body": "Body=HELP&From=%2B1555",
        "http_headers": {
            "content_type": "application/x-www-form-urlencoded",
            "x_twilio_id": "7, 8",
        },
        "http_params": {"ids": ["1", "2"], "body": "HELP", "from": "+1555"},
        "http_client_ip": "192.0.2.7",
    }
    assert webhook.values(webhook.payload(webhook.said(values)), behavior()) == values


def test_a_line_that_is_no_header_is_told():
    with pytest.raises(BadInput, match="“nonsense” is no header"):
        trigger_for("event.webhook.received").payload({"headers": "nonsense"})


def test_what_is_said_of_an_api_request_is_its_payload():
    api = trigger_for("event.api.custom_request")
    values = api.values(api.payload({"request": "tidy", "params": {"a": 1}}), behavior())

    assert (values["request"], values["request_params"]) == ("tidy", {"a": 1})
    assert api.said(values) == {"request": "tidy", "params": {"a": 1}}
