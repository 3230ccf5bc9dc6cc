"""The guide from start to finish through the API: import, link, call, run, fail, recover.

Once with the sandbox in X's place, once with the addresses pointed at a strict OAuth 1.0a provider;
with packages of our own, and with the published ones where they are here.
"""

import json
import urllib.request
from urllib.parse import urlencode

import pytest
from tests.guide import packages
from tests.servers.oauth1_provider import OAuth1Provider
from tests.servers.product import prepared, serving

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.sandbox.steering import consent
from factotum.sandbox.switches import turn_on

OURS = {
    "service": packages.service,
    "bot": packages.bot,
    "id": "the_id",
    "secret": "the_secret",
    "account": "the_account",
    "chosen": "the_account",
    "runs": {
        "b_search": {"var_q": "hello"},
        "b_mentions": {},
        "b_user": {"var_name": "alice"},
        "b_post": {"var_text": "hello from the guide"},
    },
}
PUBLISHED = {
    "service": lambda: packages.published("twitter-service"),
    "bot": lambda: packages.published("twitter-bot"),
    "id": "prompt_client_id",
    "secret": "prompt_client_secret",
    "account": "account_twitter",
    "chosen": "twitter_account_id",
    "runs": {
        "behavior_20": {"var_query": "hello"},
        "behavior_18": {},
        "behavior_21": {"var_screen_name": "alice"},
        "behavior_19": {"var_status": "hello from the guide"},
    },
}


@pytest.fixture(params=[OURS, PUBLISHED], ids=["ours", "published"])
def guide(request):
    if request.param["service"]() is None:
        pytest.skip("the published packages are not here")
    return request.param


@pytest.fixture
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def product(tmp_path, sandbox):
    made = prepared(tmp_path, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")
    with serving(made):
        yield made


def imported(product, package, prompts):
    """Ask for the prompts, answer them; the records by their context."""
    asked = product.api("POST", "/packages/import", {"package": package}).json()
    assert asked["status"] == "prompts"
    assert {prompt["key"] for prompt in asked["prompts"]} == set(prompts)
    done = product.api("POST", "/packages/import", {"package": package, "prompts": prompts})
    assert done.status == 200, done.text
    assert done.json()["status"] == "imported"
    return done.json()


def linked(product, account, decide):
    started = product.api("POST", f"/accounts/{account}/link").json()
    pasted = product.api(
        "POST",
        f"/accounts/{account}/link/paste",
        {"callback_url": decide(started["authorize_url"])},
    )
    assert pasted.status == 200, pasted.text
    return pasted.json()


def test_the_guide_with_the_sandbox(product, sandbox, guide):
    keys = sandbox.state.ensure_app("Guide", [f"{product.url}/oauth/callback"])
    service = imported(
        product,
        guide["service"](),
        {guide["id"]: keys.consumer_key, guide["secret"]: keys.consumer_secret},
    )
    made = service["records"]["connected_account"][guide["account"]]
    account = made["id"]
    assert (made["label"], made["url"]) == ("Twitter", f"/cards/connected_account/{account}")

    record = linked(
        product,
        account,
        lambda url: consent(sandbox.state, url, sandbox.state.user_named("alice"))["location"],
    )
    assert record["linked_as"] == "@alice"

    reached = product.api(
        "GET", "/proxy/Twitter/https://api.twitter.com/1.1/users/show.json?screen_name=alice"
    )
    assert reached.json()["screen_name"] == "alice"

    bot = imported(product, guide["bot"](), {guide["chosen"]: account})
    behaviors = {uid: one["id"] for uid, one in bot["records"]["behavior"].items()}
    for uid, values in guide["runs"].items():
        run = product.api("POST", f"/behaviors/{behaviors[uid]}/run", {"vars": values}).json()
        assert run["status"] == "done", (uid, run["error"])
    assert [tweet.text for tweet in sandbox.state.tweets.values()] == ["hello from the guide"]

    poster, text = list(guide["runs"].items())[-1]
    key = next(iter(text))
    for fault in ("401", "500", "garbage", "cut-before", "cut-after"):
        turn_on(sandbox.state, fault, path="/1.1/statuses/update.json", times=1)
        run = product.api(
            "POST", f"/behaviors/{behaviors[poster]}/run", {"vars": {key: f"with a {fault}"}}
        ).json()
        assert run["status"] == "failed", fault
        assert run["error"]
        expected = "unknown" if fault.startswith("cut") else "answered"
        assert [effect["state"] for effect in run["effects"]] == [expected]
    duplicate = product.api("POST", f"/behaviors/{behaviors[poster]}/run", {"vars": text}).json()
    assert (duplicate["status"], "posted before" in duplicate["error"]) == ("failed", True)


def moved(package, host):
    """The same package with every address pointed at another host."""
    return json.loads(json.dumps(package).replace("https://api.twitter.com", host))


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def allowed_at(url):
    """Allow access on the provider's page; where it sends the browser."""
    request = urllib.request.Request(
        url, urlencode({"decision": "allow", "user": "carol"}).encode()
    )
    try:
        urllib.request.build_opener(_Staying).open(request, timeout=10)
    except urllib.error.HTTPError as redirected:
        return redirected.headers["Location"]
    raise AssertionError("the provider sent nobody back")


def test_the_guide_with_a_provider_that_is_not_ours(product, guide):
    with OAuth1Provider() as provider:
        keys = provider.register(f"{product.url}/oauth/callback")
        service = imported(
            product,
            moved(guide["service"](), provider.base_url),
            {guide["id"]: keys["client_id"], guide["secret"]: keys["client_secret"]},
        )
        account = service["records"]["connected_account"][guide["account"]]["id"]

        assert linked(product, account, allowed_at)["linked_as"] == "@carol"

        for method, query, body in (
            ("GET", "?a=1&a=2&q=%2B+x&ids[]=1&flag", None),
            ("POST", "?b=%2520", b"status=%C3%A4+%2B&status=2"),
            ("PUT", "", b""),
            ("DELETE", "?x=!*'()", None),
        ):
            answer = product.api(
                method,
                f"/proxy/{account}/{provider.base_url}/api/thing.json{query}",
                body,
                headers={"Content-Type": "application/x-www-form-urlencoded"} if body else {},
            )
            assert answer.status == 200, (method, answer.text)
            assert answer.json()["user"] == "carol"

        bot = imported(
            product, moved(guide["bot"](), provider.base_url), {guide["chosen"]: account}
        )
        behaviors = {uid: one["id"] for uid, one in bot["records"]["behavior"].items()}
        for uid, values in guide["runs"].items():
            run = product.api("POST", f"/behaviors/{behaviors[uid]}/run", {"vars": values}).json()
            http = [step for step in run["steps"] if step["kind"] == "http"]
            assert [step["data"]["response"]["status"] for step in http] == [200], run["error"]
