import pytest
from tests.bots.driving import SCRIPTS, World, action, answering, behavior, calling, setting

from factotum.bots.actions.http_request import FORM
from factotum.bots.effects import CallHttp, HttpResult
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault


def call(world=None, before=(), **params):
    """The request that the action asks for, and the final placeholders."""
    world = world or World()
    found = behavior(action(*before, calling(**params)))
    final = world.run(walk(found, {}, scripts=SCRIPTS))
    return world.of(CallHttp)[-1], final


def test_url_headers_and_body_are_templates_and_the_comment_before_the_url_goes():
    request, _ = call(
        before=[setting("q", "a b")],
        http_verb="POST",
        url="{# See: the docs #}\r\n https://x.test/?q={{q|url_encode}} \n",
        http_headers="X-One: {{q}}\r\n\r\nContent-Type: text/plain\nX-Two:2",
        http_body="{{q}}!",
    )
    assert request.method == "POST"
    assert request.url == "https://x.test/?q=a%20b"
    assert request.headers == (("X-One", "a b"), ("Content-Type", "text/plain"), ("X-Two", "2"))
    assert request.body == "a b!"


def test_a_file_in_the_body_goes_byte_for_byte_and_the_journal_shows_text():
    world = World()
    request, _ = call(world, http_verb="post", http_body="{{'/w8A'|base64_decode}}é")
    assert request.payload == b"\xff\x0f\x00\xc3\xa9"
    (note,) = world.notes("action")
    assert note.data["http_body"].endswith("\x0f\x00é")
    note.data["http_body"].encode()


def test_half_a_pair_is_no_character():
    assert CallHttp(path="0", method="POST", url="x", body="a\ud800b").payload == b"a?b"


@pytest.mark.parametrize(
    ("verb", "headers"),
    [
        ("post", (("Content-Type", FORM),)), ("PUT", (("Content-Type", FORM),)),
        ("Patch", (("Content-Type", FORM),)), ("", ()), ("delete", ()), ("head", ()), ("options", ()),
    ],
)  # fmt: skip
def test_a_form_is_the_content_type_where_a_body_is_usual_and_none_is_named(verb, headers):
    request, _ = call(http_verb=verb)
    assert request.method == (verb.upper() or "GET")
    assert request.headers == headers


def test_flags_of_the_package_reach_the_driver():
    request, _ = call(
        options={"raw_response_body": "1", "ignore_ssl_validation": 1}, run_in_simulator="1"
    )
    assert (request.raw_response_body, request.ignore_ssl_validation) == (True, True)
    assert request.send_in_simulator
    request, _ = call(options=[])
    assert (request.raw_response_body, request.ignore_ssl_validation) == (False, False)


@pytest.mark.parametrize(
    "auth",
    [
        {"auth": "connected_account", "auth_connected_account_id": "5"},
        {"auth": "placeholder", "auth_placeholder": "5"},
    ],
)
def test_an_account_signs_for_no_server_whose_certificate_is_not_looked_at(auth):
    with pytest.raises(BehaviorFault, match="certificate has to be valid") as refused:
        call(options={"ignore_ssl_validation": 1}, **auth)
    assert refused.value.code == "unverified-tls"


@pytest.mark.parametrize(
    ("params", "account", "refusal"),
    [
        ({}, None, ""),
        ({"auth": "connected_account", "auth_connected_account_id": "5"}, 5, ""),
        ({"auth": "connected_account", "auth_connected_account_id": 5}, 5, ""),
        ({"auth": "placeholder", "auth_placeholder": " {{2 + 3}}\n"}, 5, ""),
        ({"auth": "connected_account"}, None, "No account is chosen in Authentication"),
        ({"auth": "connected_account", "auth_connected_account_id": "0"}, None, "No account is"),
        ({"auth": "placeholder", "auth_placeholder": "bob"}, None, "“bob” names no account"),
        ({"url": "{{nothing}}"}, None, "The request has no URL"),
    ],
)
def test_the_account_is_named_or_the_request_is_refused_and_never_sent_unsigned(
    params, account, refusal
):
    request, final = call(**params)
    assert request.account_id == account
    assert request.refusal.startswith(refusal)
    assert bool(request.refusal) == bool(refusal)
    assert final["_http_response"]["error"] == request.refusal


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"http_verb": "fetch"}, "There is no method FETCH"),
        ({"auth": "magic"}, "There is no authentication “magic”"),
        ({"http_headers": "nonsense"}, "“nonsense” is no header"),
        ({"http_headers": "Bad Name: x"}, "“Bad Name” is no header name"),
        ({"http_headers": "A: {{evil}}"}, "line break or control character"),
        ({"http_headers": "A: x\x00"}, "line break or control character"),
    ],
)
def test_a_request_that_cannot_be_is_a_fault(params, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        call(before=[setting("evil", "x\r\nSet-Cookie: y")], **params)


def test_a_placeholder_alone_on_its_line_or_a_statement_may_make_several_headers():
    lines = setting("lines", "A: 1\r\nB: 2")
    assert call(before=[lines], http_headers="{{lines}}")[0].headers == (("A", "1"), ("B", "2"))
    loop = "{% for x in 1..2 %}H{{x}}: v\r\n{% endfor %}"
    assert call(http_headers=loop)[0].headers == (("H1", "v"), ("H2", "v"))


def test_the_response_is_kept_as_the_format_has_it():
    _, final = call(world=World(service=answering("[1]", 201)), response_placeholder="r")
    assert final["r"] == {
        "content_type": "application/json",
        "headers": {"content-type": "application/json"},
        "body": "[1]",
        "info": {"url": "https://api.example.com/", "http_code": 201},
        "error": "",
    }


@pytest.mark.parametrize(
    ("result", "status", "told"),
    [
        (HttpResult(http_code=200), "ok", None),
        (HttpResult(http_code=401, url="https://x.test/"), "failed", "x.test answered 401"),
        (HttpResult(error="It is down."), "failed", "It is down."),
        (HttpResult(is_simulated=True), "not-sent", None),
    ],
)
def test_the_journal_tells_how_the_request_went(result, status, told):
    world = World(service=lambda call: result)
    call(world=world)
    (note,) = world.notes("action")
    assert note.status == status
    assert str(note.data.get("failure", "")).startswith(told or "")
    assert ("failure" in note.data) is bool(told)


def test_a_driver_that_answers_nothing_is_a_fault():
    with pytest.raises(BehaviorFault, match="was not carried out"):
        call(world=World(service=lambda call: None))


def test_the_journal_shows_no_secret_that_a_package_wrote_into_its_request():
    world = World()
    request, _ = call(
        world=world,
        http_verb="post",
        url="https://x.test/?api_key=hush1&q=a",
        http_headers="Authorization: Bearer hush2\r\nX-One: 1",
        http_body="client_secret=hush3&a=b",
    )
    assert "hush1" in request.url
    assert ("Authorization", "Bearer hush2") in request.headers
    assert "hush3" in request.body
    shown = str(world.notes("action")[0].data)
    assert "hush" not in shown
    assert "X-One: 1" in shown
    assert "q=a" in shown
