from __future__ import annotations

import pytest
from tests.packages import samples

from factotum.core.errors import BadPackage
from factotum.packages.importer import import_package


def package_of(*actions, conditions=(), event="event.webhook.received", **event_values):
    package = samples.webhook()
    outcome = {
        "type": "outcome",
        "title": "If",
        "params": {"groups": [{"any": 0, "conditions": list(conditions)}]},
        "nodes": [{"type": "action", "title": "Do", "params": {"actions": list(actions)}}],
    }
    behavior = package["bots"][0]["behaviors"][0]
    behavior["event"] = {"key": event, **event_values}
    behavior["nodes"] = [{"type": "switch", "title": "Which", "nodes": [outcome]}]
    return package


def warnings_of(desk, package):
    result = import_package(package, None, desk)
    assert result.status == "imported"
    return result.warnings


ACTION = "bots[0].behaviors[0].nodes[0].nodes[0].nodes[0].params.actions[0]"


@pytest.mark.parametrize(
    "action", ["send_email", "core.bot.action.data_query", "wgmjira.action.new"]
)
def test_an_action_that_is_not_available_yet_is_told_and_kept(desk, store, action):
    (warning,) = warnings_of(desk, package_of({"action": action, "x": 1}))
    assert warning.startswith(f"{ACTION}.action: ")
    assert action in warning
    assert action in str(store.rows())


@pytest.mark.parametrize(
    ("action", "hint"),
    [("core.va.action.htp_request", "Did you mean 'core.va.action.http_request'?"),
     ("teleport", "Check its spelling."),
     ("wgmtwilio.event.action.send_smss", "Did you mean 'wgmtwilio.event.action.send_sms'?")],
)  # fmt: skip
def test_an_action_that_nobody_knows_is_a_fault(desk, action, hint):
    with pytest.raises(BadPackage) as caught:
        import_package(package_of({"action": action}), None, desk)
    fault = caught.value.faults[0]
    assert (fault.code, fault.path, fault.hint) == ("unknown-action", f"{ACTION}.action", hint)
    assert fault.record == "behavior_43"


def test_an_event_that_does_not_happen_yet_is_told(desk):
    package = package_of({"action": "_exit"}, event="event.mail.received.group")
    (warning,) = warnings_of(desk, package)
    assert "event.mail.received.group" in warning


def test_an_event_that_nobody_knows_is_a_fault(desk):
    with pytest.raises(BadPackage) as caught:
        import_package(package_of({"action": "_exit"}, event="event.webhook.recieved"), None, desk)
    fault = caught.value.faults[0]
    assert (fault.code, fault.path) == ("unknown-event", "bots[0].behaviors[0].event.key")
    assert fault.hint == "Did you mean 'event.webhook.received'?"


def test_a_condition_that_nobody_knows_is_told(desk):
    condition = {"condition": "_no_such_condition", "oper": "is", "value": "x"}
    (warning,) = warnings_of(desk, package_of({"action": "_exit"}, conditions=[condition]))
    assert "_no_such_condition" in warning
    assert ".conditions[0].condition" in warning


def test_a_script_that_cannot_be_read_is_told_with_its_place(desk):
    action = {"action": "set_http_body", "value": "{{ http_body|no_such_filter }}"}
    (warning,) = warnings_of(desk, package_of(action))
    assert warning.startswith(f"{ACTION}.value: ")
    assert "no_such_filter" in warning


def test_parameters_of_an_event_that_will_not_do_are_told(desk):
    package = package_of(
        {"action": "_exit"}, event="event.behavior.recurrent", params={"repeat_patterns": "soon"}
    )
    assert all("event.params" in warning for warning in warnings_of(desk, package))


def test_lists_that_a_program_wrote_as_objects_are_understood(desk):
    package = package_of({"action": "_exit"})
    node = package["bots"][0]["behaviors"][0]["nodes"][0]["nodes"][0]["nodes"][0]
    node["params"]["actions"] = {"0": {"action": "_exit"}}
    assert warnings_of(desk, package) == ()
