"""Linking, refreshing and signing against a strict provider, whose checks are authlib's."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.auth.driving import CALLBACK, consent, drive, linked_account, moment, send
from tests.servers.loopback import Answered
from tests.servers.oauth2_provider import OAuth2Provider

from factotum.auth.oauth2 import OAuth2
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import LinkFailed, Refused, RelinkNeeded, RetryLater
from factotum.core.http import Request

scheme = OAuth2()


@pytest.fixture
def provider():
    with OAuth2Provider() as provider:
        yield provider


@pytest.fixture
def service(provider):
    return provider.register(CALLBACK)


def start(service, at=None):
    return drive(scheme.start_link(Credentials(service, {}), CALLBACK, at or moment()))


def finish(service, kept, callback):
    dialogue = scheme.finish_link(Credentials(service, {}), kept, callback, CALLBACK, moment())
    return drive(dialogue)


def failure_of(ask, *args, error=LinkFailed):
    with pytest.raises(error) as caught:
        ask(*args)
    return caught.value


def sent_to(provider, path):
    return [asked for asked in provider.asked if asked.path == path]


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.oauth2"] is OAuth2
    assert OAuth2.service_fields.secret_keys == {"client_secret"}
    assert OAuth2.account_fields.secret_keys == {"access_token", "refresh_token"}


def test_the_published_slack_service_has_all_it_needs():
    package = {
        "grant_type": "authorization_code",
        "client_id": "a",
        "client_secret": "b",
        "authorization_url": "https://slack.com/oauth/authorize",
        "access_token_url": "https://slack.com/api/oauth.access",
        "resource_owner_url": "",
        "scope": "channels:read chat:write:bot",
        "approval_prompt": "auto",
    }
    assert OAuth2.service_fields.faults(package) == {}
    assert scheme.hosts(Credentials(package, {})) == ("slack.com",)


@pytest.mark.parametrize("auth_method", ["client_secret_basic", "client_secret_post", "none"])
def test_it_links_and_signs_however_the_client_has_to_prove_itself(provider, auth_method):
    service = provider.register(CALLBACK, auth_method=auth_method, secret="s:c&r/t +%ü")
    service |= {"token_endpoint_auth_method": auth_method}
    at = moment()
    linked, credentials = linked_account(scheme, service)
    assert set(linked.secrets) == {"access_token", "refresh_token"}
    assert linked.scopes == ("tweet.read", "users.read", "offline.access")
    assert 7195 < linked.expires_at - at.timestamp < 7205
    assert linked.params["token_endpoint_auth_method"] == auth_method
    assert not {"expires_in", "access_token", "refresh_token"} & set(linked.params)
    assert scheme.is_linked(credentials)
    assert scheme.can_refresh(credentials)
    answer = send(scheme.sign(Request("GET", f"{provider.base_url}/api"), credentials, at))
    assert answer.json()["user"] == "alice"
    assert len(sent_to(provider, "/token")) == 1


@pytest.mark.parametrize(
    ("auth_method", "tries"), [("client_secret_post", 1), ("client_secret_basic", 2)]
)
def test_it_finds_out_how_to_prove_itself_once(provider, auth_method, tries):
    service = provider.register(CALLBACK, auth_method=auth_method)
    linked, credentials = linked_account(scheme, service)
    assert len(sent_to(provider, "/token")) == tries
    assert linked.params["token_endpoint_auth_method"] == auth_method
    drive(scheme.refresh(credentials, moment()))
    assert len(sent_to(provider, "/token")) == tries + 1


def test_who_the_account_is_is_asked_with_its_own_token(provider, service):
    _, credentials = linked_account(scheme, service)
    assert drive(scheme.who_am_i(credentials, moment())) == ("@alice", "id-of-alice")


def test_without_an_address_to_ask_at_nobody_is_asked(provider, service):
    _, credentials = linked_account(scheme, service | {"resource_owner_url": ""})
    assert drive(scheme.who_am_i(credentials, moment())) == ("", "")
    assert not sent_to(provider, "/me")


def test_who_it_is_stays_open_where_the_provider_refuses_to_tell(provider, service):
    _, credentials = linked_account(scheme, service)
    for answered in (Answered(403, '{"id": "x"}'), Answered(200, "<html>x</html>")):
        provider.fail_next("/me", answered)
        assert drive(scheme.who_am_i(credentials, moment())) == ("", "")


def test_the_consent_address_holds_what_the_standards_want(provider, service):
    service |= {
        "authorization_url": f"{provider.base_url}/authorize?tenant=7",
        "scope": "a,b c",
        "approval_prompt": "auto",
        "authorize_params": ["access_type=offline", "", "prompt = consent"],
    }
    asked = start(service)
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
    challenge = query.pop("code_challenge")
    assert query == {
        "tenant": "7",
        "response_type": "code",
        "client_id": service["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "a,b c",
        "approval_prompt": "auto",
        "access_type": "offline",
        "prompt": "consent",
        "state": asked.state,
        "code_challenge_method": "S256",
    }
    assert len(challenge) == len(asked.state) == len(asked.kept["code_verifier"]) == 43
    assert len({challenge, asked.state, asked.kept["code_verifier"]}) == 3
    assert asked.kept["code_verifier"] not in asked.url


def test_extra_parameters_never_replace_the_state():
    service = {
        "client_id": "a",
        "client_secret": "b",
        "authorization_url": "https://a.example/",
        "access_token_url": "https://a.example/token",
        "authorize_params": "state=fixed\ncode_challenge=mine",
    }
    asked = start(service)
    assert "fixed" not in asked.url
    assert "mine" not in asked.url


def test_each_link_has_its_own_state_and_verifier(service):
    consents = [start(service) for _ in range(5)]
    assert len({asked.state for asked in consents}) == 5
    assert len({asked.kept["code_verifier"] for asked in consents}) == 5
    same = moment()
    assert start(service, same).state == start(service, same).state


def test_a_denied_consent_is_told_and_asks_nothing_more(provider, service):
    asked = start(service)
    callback = consent(asked.url, "deny")
    assert callback["error"] == "access_denied"
    assert failure_of(finish, service, asked.kept, callback).code == "consent-denied"
    assert not sent_to(provider, "/token")


@pytest.mark.parametrize("state", ["", "x" * 43, "ü"])
def test_it_refuses_a_forged_callback(provider, service, state):
    asked = start(service)
    callback = {**consent(asked.url), "state": state}
    assert failure_of(finish, service, asked.kept, callback).code == "callback-forged"
    assert not sent_to(provider, "/token")


def test_a_callback_without_state_is_forged(service):
    asked = start(service)
    assert failure_of(finish, service, asked.kept, {"code": "x"}).code == "callback-forged"


def test_a_callback_without_code_proves_nothing(service):
    asked = start(service)
    callback = {"state": asked.state}
    assert failure_of(finish, service, asked.kept, callback).code == "verifier-missing"


def test_the_issuer_has_to_name_itself_where_the_service_names_it():
    issuer = "https://issuer.example"
    with OAuth2Provider(issuer=issuer) as provider:
        service = provider.register(CALLBACK) | {"issuer": issuer}
        linked, _ = linked_account(scheme, service)
        assert linked.secrets["access_token"]
        asked = start(service)
        callback = consent(asked.url)
        for wrong in ({"iss": "https://evil.example"}, {"iss": ""}):
            failure = failure_of(finish, service, asked.kept, callback | wrong)
            assert failure.code == "wrong-issuer"
        del callback["iss"]
        assert failure_of(finish, service, asked.kept, callback).code == "wrong-issuer"


def test_a_wrong_client_secret_has_its_own_words(provider, service):
    asked = start(service)
    wrong = service | {"client_secret": "wrong"}
    failure = failure_of(finish, wrong, asked.kept, consent(asked.url))
    assert failure.code == "wrong-client-secret"
    assert "Copy both again" in failure.sentence


def test_a_code_is_good_once(service):
    asked = start(service)
    callback = consent(asked.url)
    finish(service, asked.kept, callback)
    assert failure_of(finish, service, asked.kept, callback).code == "link-expired"


def test_a_code_is_no_good_without_its_verifier(service):
    asked = start(service)
    kept = {**asked.kept, "code_verifier": "x" * 43}
    assert failure_of(finish, service, kept, consent(asked.url)).code == "link-expired"


def test_a_scope_the_provider_does_not_know_is_told(provider, service):
    asked = start(service | {"scope": "everything"})
    answer = send(Request("GET", asked.url))
    callback = dict(x.split("=") for x in urlsplit(answer.header("location")).query.split("&"))
    assert callback["error"] == "invalid_scope"
    assert failure_of(finish, service, asked.kept, callback).code == "scope-refused"


def test_what_the_provider_says_in_the_callback_is_passed_on_as_text(service):
    asked = start(service)
    callback = {
        "state": asked.state,
        "error": "unauthorized_client",
        "error_description": "<b>Not</b>\r\nthis app",
    }
    failure = failure_of(finish, service, asked.kept, callback)
    assert failure.code == "grant-not-allowed"
    assert failure.sentence.endswith("It said: “Not this app”")
    unknown = failure_of(finish, service, asked.kept, callback | {"error": "new_error"})
    assert unknown.code == "provider-refused"
    assert "HTTP" not in unknown.sentence


def test_a_refresh_brings_new_tokens_and_the_old_ones_are_gone(provider, service):
    linked, credentials = linked_account(scheme, service)
    fresh = drive(scheme.refresh(credentials, moment()))
    assert fresh.secrets["access_token"] != linked.secrets["access_token"]
    assert fresh.secrets["refresh_token"] != linked.secrets["refresh_token"]
    assert fresh.scopes == linked.scopes
    request = Request("GET", f"{provider.base_url}/api")
    renewed = Credentials(service, fresh.secrets)
    assert send(scheme.sign(request, renewed, moment())).status == 200
    assert send(scheme.sign(request, credentials, moment())).status == 401


def test_a_refresh_token_that_was_used_needs_a_new_link(service):
    _, credentials = linked_account(scheme, service)
    drive(scheme.refresh(credentials, moment()))
    failure = failure_of(drive, scheme.refresh(credentials, moment()), error=RelinkNeeded)
    assert failure.code == "relink-needed"
    assert "Link the account again" in failure.sentence


def test_a_refresh_token_stays_where_the_provider_does_not_rotate(provider, service):
    _, credentials = linked_account(scheme, service)
    provider.fail_next("/token", Answered(200, '{"access_token": "new", "expires_in": "60"}'))
    fresh = drive(scheme.refresh(credentials, moment()))
    assert fresh.secrets == {
        "access_token": "new",
        "refresh_token": credentials.account["refresh_token"],
    }
    assert fresh.scopes == ("tweet.read", "users.read", "offline.access")
    assert fresh.linked_as == ""


def test_without_a_refresh_token_there_is_nothing_to_refresh(provider, service):
    credentials = Credentials(service, {"access_token": "a"})
    assert not scheme.can_refresh(credentials)
    failure_of(drive, scheme.refresh(credentials, moment()), error=RelinkNeeded)
    assert not provider.asked


X_USED = '{"error":"invalid_request","error_description":"Value passed for the token was invalid."}'
X_BASIC = '{"error":"unauthorized_client","error_description":"Missing valid authorization header"}'


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (400, '{"error":"invalid_grant"}', RelinkNeeded, "relink-needed"),
        (400, X_USED, RelinkNeeded, "relink-needed"),
        (200, '{"ok":false,"error":"token_revoked"}', RelinkNeeded, "relink-needed"),
        (200, '{"ok":false,"error":"invalid_refresh_token"}', RelinkNeeded, "relink-needed"),
        (200, "error=bad_refresh_token&error_description=expired", RelinkNeeded, "relink-needed"),
        (400, '{"error":"access_denied"}', RelinkNeeded, "relink-needed"),
        (503, "", RetryLater, "provider-down"),
        (500, '{"error":"server_error"}', RetryLater, "provider-down"),
        (500, '{"error":"boom"}', RetryLater, "provider-down"),
        (429, "", RetryLater, "provider-busy"),
        (200, '{"ok":false,"error":"ratelimited"}', RetryLater, "provider-busy"),
        (200, "<html>Sign in to the network</html>", LinkFailed, "provider-garbage"),
        (404, "", LinkFailed, "wrong-address"),
        (400, '{"error":"unsupported_grant_type"}', LinkFailed, "grant-not-allowed"),
    ],
)
def test_why_a_refresh_failed_says_what_happens_next(provider, service, status, body, error, code):
    _, credentials = linked_account(scheme, service)
    provider.fail_next("/token", Answered(status, body))
    failure = failure_of(drive, scheme.refresh(credentials, moment()), error=error)
    assert failure.code == code
    assert credentials.account["refresh_token"] not in failure.sentence


def test_a_busy_provider_says_when_to_come_back(provider, service):
    _, credentials = linked_account(scheme, service)
    provider.fail_next("/token", Answered(429, "", {"Retry-After": "17"}))
    assert failure_of(drive, scheme.refresh(credentials, moment()), error=RetryLater).after == 17
    provider.fail_next("/token", Answered(503))
    assert failure_of(drive, scheme.refresh(credentials, moment()), error=RetryLater).after == 60


def test_a_wrong_secret_at_refresh_is_the_services_fault_not_the_accounts(provider, service):
    _, credentials = linked_account(scheme, service)
    wrong = Credentials(service | {"client_secret": "wrong"}, credentials.account)
    failure = failure_of(drive, scheme.refresh(wrong, moment()))
    assert failure.code == "wrong-client-secret"
    assert drive(scheme.refresh(credentials, moment())).secrets["access_token"]


def test_the_app_itself_gets_a_token_without_any_person(provider, service):
    service |= {"grant_type": "client_credentials", "scope": "tweet.read"}
    empty = Credentials(service, {})
    assert not scheme.needs_consent(empty)
    assert scheme.can_refresh(empty)
    fresh = drive(scheme.refresh(empty, moment()))
    assert fresh.scopes == ("tweet.read",)
    assert "refresh_token" not in fresh.secrets
    credentials = Credentials(service, fresh.secrets)
    answer = send(scheme.sign(Request("GET", f"{provider.base_url}/x"), credentials, moment()))
    assert answer.json() == {"user": service["client_id"], "scope": "tweet.read"}


def test_the_app_itself_may_ask_without_a_scope(provider, service):
    service |= {"grant_type": "client_credentials", "scope": ""}
    assert drive(scheme.refresh(Credentials(service, {}), moment())).scopes == ()
    assert "scope" not in sent_to(provider, "/token")[-1].form


def linked_by(provider, service, body, status=200):
    asked = start(service)
    callback = consent(asked.url)
    provider.fail_next(
        "/token", Answered(status, body if isinstance(body, str) else json.dumps(body))
    )
    return finish(service, asked.kept, callback)


def test_slacks_answers_are_read(provider, service):
    first = {
        "ok": True,
        "access_token": "xoxp-1",
        "scope": "identify,commands,users:read",
        "user_id": "U1",
        "team_name": "Acme",
        "team_id": "T1",
        "bot": {"bot_user_id": "B1", "bot_access_token": "xoxb-1"},
        "incoming_webhook": {"url": "https://hooks.example/secret", "channel": "#a"},
    }
    linked = linked_by(provider, service, first)
    assert linked.secrets == {
        "access_token": "xoxp-1",
        "bot_bot_access_token": "xoxb-1",
        "incoming_webhook_url": "https://hooks.example/secret",
    }
    assert (linked.linked_as, linked.remote_id) == ("Acme", "U1")
    assert linked.scopes == ("identify", "commands", "users:read")
    assert linked.expires_at is None
    assert linked.params["bot_bot_user_id"] == "B1"
    assert "ok" not in linked.params
    second = {
        "ok": True,
        "access_token": "xoxb-1",
        "token_type": "bot",
        "team": {"id": "T1", "name": "Acme"},
        "authed_user": {"id": "U2", "access_token": "xoxp-2", "token_type": "user"},
    }
    linked = linked_by(provider, service, second)
    assert linked.secrets == {"access_token": "xoxb-1", "authed_user_access_token": "xoxp-2"}
    assert (linked.linked_as, linked.remote_id) == ("Acme", "U2")
    assert linked.params["token_type"] == "bot"


def test_githubs_form_is_read(provider, service):
    linked = linked_by(provider, service, "access_token=gho_1&scope=repo%2Cgist&token_type=bearer")
    assert linked.secrets == {"access_token": "gho_1"}
    assert linked.scopes == ("repo", "gist")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"expires_in": 60}, 60),
        ({"expires_in": "60"}, 60),
        ({"expires_in": 60.0}, 60),
        ({"expires": 60}, 60),
        ({"expires_in": 0}, None),
        ({"expires_in": -1}, None),
        ({"expires_in": None}, None),
        ({"expires_in": "never"}, None),
        ({"expires_in": True}, None),
        ({}, None),
    ],
)
def test_lifetimes_of_every_kind(provider, service, told, seconds):
    before = moment().timestamp
    linked = linked_by(provider, service, {"access_token": "a"} | told)
    if seconds is None:
        assert linked.expires_at is None
    else:
        assert before + seconds <= linked.expires_at <= before + seconds + 5


def test_a_lifetime_that_is_a_date_is_taken_as_one(provider, service):
    linked = linked_by(provider, service, {"access_token": "a", "expires_at": 1_999_999_999})
    assert linked.expires_at == 1_999_999_999


def test_scopes_may_come_as_a_list(provider, service):
    linked = linked_by(provider, service, {"access_token": "a", "scope": ["x", "y"]})
    assert linked.scopes == ("x", "y")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, '{"error":"invalid_grant"}', "link-expired"),
        (401, '{"error":"invalid_client"}', "wrong-client-secret"),
        (401, X_BASIC, "wrong-client-secret"),
        (401, "", "wrong-client-secret"),
        (400, '{"error":"unauthorized_client"}', "grant-not-allowed"),
        (400, '{"error":"invalid_scope"}', "scope-refused"),
        (
            400,
            '{"error":"invalid_request","error_description":"redirect_uri does not match"}',
            "callback-not-approved",
        ),
        (
            400,
            '{"error":"invalid_request","error_description":"The authorization code was invalid."}',
            "link-expired",
        ),
        (
            400,
            '{"error":"invalid_request","error_description":"client_id is wrong"}',
            "wrong-client-secret",
        ),
        (400, '{"error":"invalid_request","error_description":"scope too wide"}', "scope-refused"),
        (400, '{"error":"invalid_request"}', "provider-refused"),
        (403, "Forbidden", "provider-refused"),
        (
            200,
            "error=bad_verification_code&error_description=The+code+is+incorrect",
            "link-expired",
        ),
        (200, "error=incorrect_client_credentials", "wrong-client-secret"),
        (200, "error=redirect_uri_mismatch", "callback-not-approved"),
        (200, '{"ok":false,"error":"bad_client_secret"}', "wrong-client-secret"),
        (200, '{"ok":false,"error":"invalid_code"}', "link-expired"),
        (200, '{"ok":false,"error":"team_added_to_org"}', "provider-refused"),
        (200, '{"ok":false}', "provider-refused"),
        (200, "{}", "provider-garbage"),
        (200, '{"access_token":""}', "provider-garbage"),
        (200, '{"access_token":["a"]}', "provider-garbage"),
        (200, "null", "provider-garbage"),
        (200, "<!doctype html><title>Sign in</title>", "provider-garbage"),
        (502, "<html>Bad gateway</html>", "provider-down"),
        (429, "", "provider-busy"),
        (302, "", "wrong-address"),
        (
            400,
            '{"error":{"type":"OAuthException","code":190,"message":"Invalid code"}}',
            "link-expired",
        ),
        (400, '{"error":true,"message":"no"}', "provider-refused"),
    ],
)
def test_each_answer_without_token_has_its_own_code(provider, service, status, body, code):
    service |= {"token_endpoint_auth_method": "client_secret_basic"}
    failure = failure_of(linked_by, provider, service, body, status)
    assert failure.code == code
    assert "{" not in failure.sentence
    if code == "callback-not-approved":
        assert f"Add {CALLBACK} to" in failure.sentence


def test_an_account_that_is_not_linked_does_not_sign(service):
    credentials = Credentials(service, {})
    assert not scheme.is_linked(credentials)
    with pytest.raises(RelinkNeeded, match="choose Edit and link it") as caught:
        scheme.sign(Request("GET", "https://a.example/"), credentials, moment())
    assert caught.value.code == "not-linked"


def test_a_service_that_lacks_something_says_what(service):
    incomplete = Credentials(service | {"client_secret": ""}, {"refresh_token": "r"})
    for dialogue in (
        scheme.start_link(incomplete, CALLBACK, moment()),
        scheme.finish_link(incomplete, {}, {}, CALLBACK, moment()),
        scheme.refresh(incomplete, moment()),
    ):
        with pytest.raises(Refused, match="Client Secret is missing") as caught:
            drive(dialogue)
        assert caught.value.code == "service-incomplete"
