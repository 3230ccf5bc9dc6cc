"""Schedules by API, page and command line: seen, changed, paused."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from tests.api.conftest import is_problem
from tests.contracts.test_api_answers import faults
from tests.servers.product import Fields

PACKAGE = {
    "package": {"name": "Clockwork", "revision": 1},
    "bots": [
        {
            "uid": "bot",
            "name": "Clockwork",
            "owner": {"context": "app", "id": 0},
            "behaviors": [
                {
                    "uid": "daily",
                    "title": "Each morning",
                    "event": {
                        "key": "event.behavior.recurrent",
                        "params": {
                            "repeat_patterns": "# at eight\r\n0 8 * * 1-5",
                            "timezone": "America/Los_Angeles",
                            "catch_up": "skip",
                        },
                    },
                    "nodes": [],
                },
                {
                    "uid": "by_hand",
                    "title": "By hand",
                    "event": {"key": "event.macro.bot"},
                    "nodes": [],
                },
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def clockwork(product):
    """The behaviors' ids by uid."""
    answer = product.api("POST", "/packages/import", {"package": PACKAGE, "prompts": {}})
    assert answer.status == 200, answer.text
    records = answer.json()["records"]
    behaviors = {uid: one["id"] for uid, one in records["behavior"].items()}
    return {"bot": records["bot"]["bot"]["id"], **behaviors}


@pytest.fixture
def daily(product, clockwork):
    """As imported, whatever a test does to it."""
    path = f"/schedules/{clockwork['daily']}"
    yield path
    given = PACKAGE["bots"][0]["behaviors"][0]["event"]["params"]
    product.api(
        "PATCH",
        path,
        {
            "patterns": given["repeat_patterns"].splitlines(),
            "timezone": given["timezone"],
            "catch_up": "skip",
            "priority": 100,
            "deadline": 0,
            "paused": False,
        },
    )


def test_a_schedule_tells_when_it_fires_next(product, clockwork, daily):
    schedule = product.api("GET", daily).json()

    assert schedule["behavior_id"] == clockwork["daily"]
    assert (schedule["title"], schedule["bot"]) == ("Each morning", "Clockwork")
    assert schedule["patterns"] == ["0 8 * * 1-5"]
    assert schedule["told"] == ["At 08:00 on Monday through Friday"]
    assert (schedule["timezone"], schedule["catch_up"]) == ("America/Los_Angeles", "skip")
    assert (schedule["paused"], schedule["enabled"]) == (False, True)
    times = [datetime.fromisoformat(each) for each in schedule["next"]]
    assert len(times) == 5
    assert times[0] > datetime.now(UTC)
    assert {each.strftime("%M:%S") for each in times} == {"00:00"}
    assert (schedule["last_run"], schedule["note"]) == (None, None)


def test_the_list_has_it_and_pages(product, clockwork, daily):
    page = product.api("GET", "/schedules?limit=1").json()
    seen = [one["behavior_id"] for one in page["items"]]
    while page["next"]:
        page = product.api("GET", f"/schedules?limit=1&after={page['next']}").json()
        seen += [one["behavior_id"] for one in page["items"]]

    assert seen.count(clockwork["daily"]) == 1
    assert clockwork["by_hand"] not in seen
    is_problem(product.api("GET", "/schedules?after=nope"), 422, "bad-cursor")


def test_answers_are_as_the_api_describes_them(product, daily):
    document = product.ask("GET", "/api/openapi.json", token="").json()
    path = "/schedules/{behavior_id}"

    assert faults(document, "/schedules", "GET", product.api("GET", "/schedules")) == []
    assert faults(document, path, "GET", product.api("GET", daily)) == []
    assert faults(document, path, "PATCH", product.api("PATCH", daily, {"paused": True})) == []


def test_a_paused_one_fires_at_no_time_until_it_is_resumed(product, daily):
    paused = product.api("PATCH", daily, {"paused": True}).json()
    assert (paused["paused"], paused["next"]) == (True, [])

    resumed = product.api("PATCH", daily, {"paused": False}).json()
    assert (resumed["paused"], len(resumed["next"])) == (False, 5)


def test_other_patterns_are_a_new_revision_and_go_out_with_the_package(product, clockwork, daily):
    behavior = f"/behaviors/{clockwork['daily']}"
    before = product.api("GET", behavior).json()["revision"]
    change = {"patterns": ["*/5 * * * *"], "timezone": "Europe/Berlin", "catch_up": "all"}
    changed = product.api("PATCH", daily, change).json()

    assert changed["told"] == ["Every fifth minute of every hour"]
    assert product.api("GET", behavior).json()["revision"] == before + 1
    exported = product.command("export", f"bot:{clockwork['bot']}")
    assert exported.code == 0, exported.err
    [params] = [
        one["event"]["params"]
        for one in exported.json()["bots"][0]["behaviors"]
        if one["title"] == "Each morning"
    ]
    assert params == {
        "repeat_patterns": "*/5 * * * *",
        "timezone": "Europe/Berlin",
        "catch_up": "all",
    }


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"patterns": ["0 25 * * *"]}, "25"),
        ({"patterns": ["0 0 31 2 *"]}, "never"),
        ({"timezone": "Mars/Base"}, "Mars/Base"),
        ({"priority": 0}, "Priority must be from 1 to 1000."),
        ({"deadline": -1}, "Deadline in seconds must be from 0 to"),
    ],
)
def test_what_cannot_stand_is_named_and_changes_nothing(product, daily, change, word):
    before = product.api("GET", daily).json()

    assert word in product.api("PATCH", daily, change).json()["detail"]
    assert product.api("GET", daily).json() == before


def test_its_runs_priority_and_deadline_are_changed_and_taken_back(product, daily):
    plain = product.api("GET", daily).json()
    assert (plain["priority"], plain["deadline"]) == (100, None)

    changed = product.api("PATCH", daily, {"priority": 7, "deadline": 600}).json()
    assert (changed["priority"], changed["deadline"]) == (7, 600)

    back = product.api("PATCH", daily, {"priority": 100, "deadline": 0}).json()
    assert back == plain


def test_an_unknown_rule_or_word_is_refused(product, daily):
    for body in ({"catch_up": "twice"}, {"colour": "red"}):
        assert product.api("PATCH", daily, body).status == 422


def test_a_behavior_without_a_schedule_has_none(product, clockwork):
    is_problem(product.api("GET", f"/schedules/{clockwork['by_hand']}"), 404, "not-found")
    is_problem(product.api("GET", "/schedules/999999"), 404, "not-found")


def test_another_worker_sees_it_and_may_not_change_it(product, daily):
    product.command("user", "add", "grace")
    token = product.token("--user", "grace")

    assert product.api("GET", daily, token=token).status == 200
    is_problem(product.api("PATCH", daily, {"paused": True}, token=token), 403, "not-allowed")
    reader = product.token("--scope", "read")
    is_problem(product.api("PATCH", daily, {"paused": True}, token=reader), 403, "scope-missing")


def test_the_command_lists_it(product, clockwork, daily):
    listed = product.command("schedules")
    assert listed.code == 0, listed.err
    assert "Each morning  (At 08:00 on Monday through Friday; America/Los_Angeles)" in listed.out

    found = product.command("schedules", "list", "--json").json()
    assert clockwork["daily"] in [one["behavior_id"] for one in found]


@pytest.fixture(scope="module")
def browser(product):
    """Pages as an admin sees them: ``browser(path)`` gets, with fields it posts."""
    cookies = product.signed_in()

    def page(path, **fields):
        pairs = [("Cookie", cookies)]
        if not fields:
            return product.ask("GET", path, token="", headers=tuple(pairs))
        fields["csrfmiddlewaretoken"] = Fields(page("/").text).filled["csrfmiddlewaretoken"]
        pairs += [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", product.url),
        ]
        return product.ask("POST", path, urlencode(fields).encode(), token="", headers=tuple(pairs))

    return page


def test_the_behaviors_page_shows_the_schedule_and_the_list_names_it(browser, clockwork, daily):
    page = browser(f"/behaviors/{clockwork['daily']}").text
    assert "At 08:00 on Monday through Friday" in page
    assert "America/Los_Angeles" in page
    assert page.count("<time") >= 6  # the next five, the first also as how long from now
    assert "Run now" in page

    listed = browser("/bots/schedules").text
    assert f'href="/behaviors/{clockwork["daily"]}"' in listed


def test_it_is_paused_resumed_and_changed_on_its_page(product, browser, clockwork, daily):
    path = f"/behaviors/{clockwork['daily']}"

    assert browser(f"{path}/schedule/pause", what="pause").status == 302
    assert product.api("GET", daily).json()["paused"] is True
    assert "Resume" in browser(path).text
    assert browser(f"{path}/schedule/pause", what="resume").status == 302

    wrong = browser(f"{path}/schedule", repeat_patterns="0 25 * * *", catch_up="once")
    assert wrong.status == 422
    assert "“25” is no hour" in wrong.text
    late = browser(f"{path}/schedule", repeat_patterns="0 9 * * *", catch_up="once", priority="0")
    assert (late.status, "Priority must be from 1 to 1000." in late.text) == (422, True)
    right = {"repeat_patterns": "0 9 * * *", "timezone": "Asia/Tokyo", "catch_up": "all"}
    right |= {"priority": "7", "deadline": "600"}
    assert browser(f"{path}/schedule", **right).status == 302
    changed = product.api("GET", daily).json()
    assert (changed["patterns"], changed["timezone"], changed["catch_up"]) == (
        ["0 9 * * *"],
        "Asia/Tokyo",
        "all",
    )
    assert (changed["priority"], changed["deadline"]) == (7, 600)
    shown = browser(path).text
    assert "1 goes first" in shown
    assert "600 s after it is queued" in shown


def test_run_now_runs_it_once_however_often_it_is_pressed(product, browser, clockwork, daily):
    path = f"/behaviors/{clockwork['daily']}/run-now"
    last = product.api("GET", daily).json()["last_run"]  # of a test before, where its minute came
    answers = [browser(path, once="the-same-page") for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert len({answer.header("location") for answer in answers}) == 1
    assert product.api("GET", daily).json()["last_run"] == last
