"""The API as programs use it: tokens and scopes, lists, runs, idempotency, its own description."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.api.conftest import is_problem, service_by_basic
from tests.guide import packages


def test_a_token_may_what_its_scopes_say(product, linked):
    wanted = {
        "read": ("GET", "/accounts", None),
        "write": ("POST", f"/accounts/{linked['account']}/link", None),
        "run": ("POST", f"/behaviors/{linked['b_user']}/run", {"vars": {"var_name": "alice"}}),
        "call": (
            "GET",
            f"/proxy/{linked['account']}/https://api.twitter.com/1.1/users/show.json?screen_name=a",
            None,
        ),
    }
    for scope in wanted:
        token = product.token("--scope", scope)
        for needed, (method, path, body) in wanted.items():
            answer = product.api(method, path, body, token=token)
            if needed == scope:
                assert answer.header("content-type") != "application/problem+json", answer.text
            else:
                is_problem(answer, 403, "scope-missing")


def test_a_disabled_persons_token_opens_nothing(product):
    product.command("user", "add", "dora")
    token = product.token("--user", "dora")
    assert product.api("GET", "/bots", token=token).status == 200

    worker = product.api("GET", "/records/worker?q=name:dora").json()["items"][0]["id"]
    disable = (
        "from factotum.preparation import set_up_django; set_up_django();"
        "from factotum.store.models import Worker;"
        f"Worker.objects.filter(pk={worker}).update(is_disabled=True)"
    )
    subprocess.run([sys.executable, "-c", disable], env=product.environ, check=True)

    is_problem(product.api("GET", "/bots", token=token), 401, "token-missing")


def test_a_workers_token_sees_no_colleagues_records_and_runs(product, linked):
    product.command("user", "add", "eve")
    product.command("user", "add", "frank")
    eve, frank = product.token("--user", "eve"), product.token("--user", "frank")

    run = product.api(
        "POST", f"/behaviors/{linked['b_user']}/run", {"vars": {"var_name": "alice"}}, token=eve
    ).json()

    assert product.api("GET", f"/runs/{run['id']}", token=eve).status == 200
    is_problem(product.api("GET", f"/runs/{run['id']}", token=frank), 404, "not-found")
    listed = product.api("GET", "/runs", token=frank).json()["items"]
    assert run["id"] not in [item["id"] for item in listed]
    package = {"package": packages.service(name="Franks"), "prompts": {}}
    is_problem(product.api("POST", "/packages/import", package, token=frank), 403, "not-allowed")
    is_problem(
        product.api("POST", f"/accounts/{linked['account']}/link", token=frank), 403, "not-allowed"
    )


def test_lists_are_paged_by_cursor_without_a_gap(product, linked):
    seen, after = [], ""
    while True:
        page = product.api("GET", f"/behaviors?limit=2&after={after}").json()
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break

    everything = product.api("GET", "/behaviors?limit=200").json()
    assert seen == [item["id"] for item in everything["items"]]
    assert len(seen) == everything["total"] >= 7


def test_runs_are_paged_newest_first(product, linked):
    made = [
        product.api(
            "POST", f"/behaviors/{linked['b_user']}/run", {"vars": {"var_name": "alice"}}
        ).json()["id"]
        for _ in range(3)
    ]
    path = f"/runs?behavior_id={linked['b_user']}&limit=2"

    first = product.api("GET", path).json()
    second = product.api("GET", f"{path}&after={first['next']}").json()

    listed = [item["id"] for item in (*first["items"], *second["items"])]
    assert listed[:3] == made[::-1]


TYPES = {
    "services": "connected_service",
    "accounts": "connected_account",
    "bots": "bot",
    "behaviors": "behavior",
    "webhooks": "webhook_listener",
}


@pytest.mark.parametrize("name", TYPES)
def test_each_kind_is_listed_and_read_and_is_a_record_too(product, linked, name):
    listed = product.api("GET", f"/{name}").json()
    records = product.api("GET", f"/records/{TYPES[name]}").json()
    assert listed == records
    for item in listed["items"][:1]:
        assert product.api("GET", f"/{name}/{item['id']}").json() == item
        assert item["url"] == f"/cards/{TYPES[name]}/{item['id']}"


def test_a_run_waits_and_tells_its_final_placeholders(product, linked):
    answer = product.api(
        "POST", f"/behaviors/{linked['b_user']}/run", {"vars": {"var_name": "alice"}}
    )

    run = answer.json()
    assert (answer.status, run["status"]) == (200, "done")
    assert run["placeholders"]["answer"]["screen_name"] == "alice"
    assert [step["kind"] for step in run["steps"]].count("http") == 1


def test_a_run_is_told_what_its_event_would_bring(product):
    made = product.api(
        "POST", "/packages/import", {"package": packages.echoing_webhook(), "prompts": {}}
    ).json()
    run = f"/behaviors/{made['records']['behavior']['echo']['id']}/run"

    said = product.api("POST", run, {"event": {"body": "Body=HELP"}, "simulate": True})
    unknown = product.api("POST", run, {"event": {"bodi": "HELP"}})
    faulty = product.api("POST", run, {"event": {"headers": "nonsense"}})

    assert said.json()["placeholders"]["_http_response_body"] == "POST HELP"
    assert (unknown.status, unknown.json()["code"]) == (422, "unknown-event-value")
    assert (faulty.status, faulty.json()["code"]) == (422, "bad-event")


def test_a_run_that_nobody_waits_for_is_202(product, linked):
    body = {"vars": {"var_name": "alice"}, "wait": False}

    answer = product.api("POST", f"/behaviors/{linked['b_user']}/run", body)

    assert answer.status == 202
    assert product.api("GET", f"/runs/{answer.json()['id']}").status == 200


def test_the_same_key_sent_at_the_same_moment_posts_once(product, linked, sandbox):
    body = {"vars": {"var_text": "Exactly once"}}
    key = {"Idempotency-Key": "once-1"}
    token = product.token()

    def post(_number):
        return product.api(
            "POST", f"/behaviors/{linked['b_post']}/run", body, headers=key, token=token
        )

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert {answer.json()["status"] for answer in answers} == {"done"}
    texts = [tweet.text for tweet in sandbox.state.tweets.values()]
    assert texts.count("Exactly once") == 1
    other = product.api(
        "POST",
        f"/behaviors/{linked['b_post']}/run",
        {"vars": {"var_text": "Other"}},
        headers=key,
    )
    is_problem(other, 422, "idempotency-key-reused")


def test_prompts_come_back_and_a_plan_writes_nothing(product):
    package = packages.service(name="Planned")

    asked = product.api("POST", "/packages/import", {"package": package}).json()
    planned = product.api(
        "POST",
        "/packages/import",
        {"package": package, "prompts": {"the_id": "i", "the_secret": "s"}, "plan": True},
    ).json()

    assert asked["status"] == "prompts"
    assert {"key", "type", "label", "params", "error"} <= asked["prompts"][0].keys()
    assert asked["prompts"][0]["params"]["placeholder"] == "(your Client ID)"
    assert planned["status"] == "planned"
    assert product.api("GET", "/services?q=name:Planned").json()["total"] == 0


def test_a_prompt_left_empty_comes_back_with_its_error(product):
    answers = {"the_id": "", "the_secret": "s3cret-that-was-right"}

    answer = product.api(
        "POST", "/packages/import", {"package": packages.service(name="E"), "prompts": answers}
    )

    assert answer.json()["status"] == "prompts"
    assert answer.json()["prompts"][0]["error"]
    assert "s3cret-that-was-right" not in answer.text


def test_secrets_are_never_given_back(product, linked, sandbox):
    package = service_by_basic(
        "Sealed", "https://sealed.example/", username="u", password="p4ssw0rd-x"
    )
    product.api("POST", "/packages/import", {"package": package, "prompts": {}})
    keys = sandbox.state.ensure_app("Help desk", [f"{product.url}/oauth/callback"])
    secrets = ["p4ssw0rd-x", keys.consumer_secret]
    secrets += [token.secret for token in sandbox.state.user_tokens.values()]
    paths = ["/services", "/accounts", "/bots", "/behaviors", "/runs", "/records/worker"]
    texts = [product.api("GET", f"{path}?limit=200").text for path in paths]
    texts += [product.api("GET", f"/runs/{one['id']}").text for one in runs_of(product)]

    for secret in secrets:
        assert not any(secret in text for text in texts)
    # neither in what is kept on the disk, nor in the log
    kept = b"".join(file.read_bytes() for file in product.folder.rglob("*") if file.is_file())
    for secret in secrets:
        assert secret.encode() not in kept


def runs_of(product):
    return product.api("GET", "/runs?limit=200").json()["items"]


def test_the_description_is_whole(product):
    document = product.ask("GET", "/api/openapi.json", token="").json()

    operations = [operation for path in document["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert document["openapi"].startswith("3.1")
    assert len(ids) == len(set(ids))
    assert all(operation["summary"] for operation in operations)
    assert all("default" in operation["responses"] for operation in operations)
    run = document["paths"]["/api/v1/behaviors/{id}/run"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in run["parameters"]]
    for path in ("/packages/import", "/accounts/{id}/link", "/accounts/{id}/link/paste"):
        assert "post" in document["paths"][f"/api/v1{path}"]


def test_the_docs_page_needs_nothing_from_elsewhere_and_no_inline_script(product):
    page = product.ask("GET", "/api/docs", token="")

    assert page.status == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    scripts = page.text.split("<script")[1:]
    assert all("src=" in part.partition(">")[0] or "application/json" in part for part in scripts)
    assert "script-src 'self'" in page.header("content-security-policy")
    for address in {part.partition('"')[0] for part in page.text.split('src="')[1:]}:
        assert product.ask("GET", address, token="").status == 200
