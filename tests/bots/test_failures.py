import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factotum.bots.effects import HttpResult
from factotum.bots.failures import failure_of, host_of, reply_in, unreadable

URL = "https://api.twitter.com/1.1/statuses/update.json"


def failed(status, body, **more):
    return failure_of(HttpResult(http_code=status, body=body, url=URL, **more))


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (403, '{"errors":[{"code":187,"message":"Status is a duplicate."}]}', "187",
         "403 Forbidden: “Status is a duplicate.” (code 187). The same text was posted before"),
        (401, '{"errors":[{"code":89,"message":"Invalid or expired token."}]}', "89", "Link the account again"),
        (403, '{"errors":[{"code":186,"message":"Tweet needs to be a bit shorter."}]}', "186", "280 characters"),
        (403, '{"title":"Forbidden","detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","status":403}',
         "", "duplicate content.”. The same text was posted before"),
        (403, '{"title":"Forbidden","detail":"Your Tweet text is too long.","type":"about:blank","status":403}', "", "Shorten it"),
        (403, '{"title":"Forbidden","detail":"You are not permitted to perform this action.","type":"about:blank","status":403}', "", "to read only"),
        (403, '{"title":"Forbidden","detail":"Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.","type":"https://api.twitter.com/2/problems/oauth1-permissions"}',
         "oauth1-permissions", "Allow it to write"),
        (403, '{"title":"Forbidden","detail":"Not for you.","type":"about:blank","status":403}', "", "The service forbids this"),
        (403, '{"client_id":"1","detail":"…","reason":"client-not-enrolled","title":"Client Forbidden","type":"https://api.twitter.com/2/problems/client-forbidden"}',
         "client-not-enrolled", "not in a project"),
        (400, '{"errors":[{"message":"bad","parameters":{}}],"title":"Invalid Request","detail":"One or more parameters was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}',
         "invalid-request", "One or more parameters"),
        (200, '{"ok":false,"error":"missing_scope","needed":"chat:write"}', "missing_scope", "missing_scope (needed: chat:write)"),
        (401, '{"code":20003,"message":"Authenticate","more_info":"…","status":401}', "20003", "“Authenticate” (code 20003)"),
        (401, '{"error":"invalid_token","error_description":"The token expired"}', "invalid_token", "The token expired"),
        (401, {"error": {"code": 401, "message": "No.", "status": "UNAUTHENTICATED"}}, "UNAUTHENTICATED", "“No.”"),
        (200, '{"errors":[{"detail":"Could not find tweet","title":"Not Found Error"}]}', "", "Could not find tweet"),
        (200, '{"errors":["no"]}', "", "200 OK."),
        (500, "<html>Oops</html>", "", "500 Internal Server Error. The service has trouble of its own."),
        (404, "No such page", "", "404 Not Found: “No such page”. There is nothing at that address"),
        (599, "", "", "answered 599. The service has trouble"),
        (429, None, "", "Too many requests for now"),
    ],
)  # fmt: skip
def test_a_failure_tells_the_services_words_the_cause_and_what_to_do(status, body, code, words):
    failure = failed(status, body)
    assert (failure.status, failure.code) == (status, code)
    assert words in failure.sentence
    assert failure.sentence.startswith("api.twitter.com answered")
    assert failure.told == f"That did not work. {failure.sentence}"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"id_str":"1"}'), (201, '{"data":{"id":"1"}}'), (200, '{"ok":true,"error":"x"}'),
        (200, '{"data":[{}],"errors":[{"detail":"one is gone"}]}'), (204, ""), (200, "[1]"),
        (200, "plain"), (302, ""), (0, ""), (200, '{"errors":[]}'),
    ],
)  # fmt: skip
def test_what_worked_is_no_failure(status, body):
    assert failed(status, body) is None


def test_a_request_without_an_answer_tells_its_error_and_whether_it_may_be_done():
    failure = failure_of(HttpResult(error="No answer from x.", code="no-answer", is_unknown=True))
    assert (failure.sentence, failure.code) == ("No answer from x.", "no-answer")
    assert failure.told == (
        "It is not known whether that worked. No answer from x. "
        "Look at the service itself before you try again."
    )
    assert failure_of(HttpResult(error="Not linked")).told == "That did not work. Not linked."


def test_an_answer_that_is_no_json_is_unknown():
    told = unreadable(200, "x.com").told
    assert told.startswith("It is not known whether that worked. x.com")
    assert told.count("Look at the service itself before you try again.") == 1


def test_a_long_message_is_shortened_and_a_host_is_told_even_of_a_broken_address():
    assert len(reply_in({"message": "x" * 5000}).message) == 300
    assert [host_of(one) for one in ("http://a.b/c", "http://[", "")] == [
        "a.b", "The service", "The service",
    ]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "errors", "ok", "code", "message", "title", "detail", "type", "status"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@settings(deadline=None)
@given(JSON, st.integers(400, 599))
def test_any_answer_of_an_error_status_is_a_failure_with_a_sentence(body, status):
    failure = failed(status, body)
    assert failure.status == status
    assert failure.sentence.startswith("api.twitter.com answered")
