"""Signature Version 4: Amazon's published example, and what botocore makes of the same request."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factotum.auth.aws import Aws, Target, target_of
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import Refused, RelinkNeeded
from factotum.core.http import Request
from factotum.core.values import Moment

scheme = Aws()
KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
THEN = Moment(datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC), 1)


def sign(request, account=KEYS):
    return scheme.sign(request, Credentials({}, account), THEN)


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.aws"] is Aws
    assert Aws.account_fields.secret_keys == {"secret_key", "session_token"}
    assert scheme.hosts(Credentials({}, {})) == ("*.amazonaws.com", "*.amazonaws.com.cn")


def test_it_signs_the_published_example():
    request = Request(
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),),
    )
    assert sign(request).header("authorization") == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        ("sqs.eu-west-1.amazonaws.com", "sqs", "eu-west-1"),
        ("SNS.us-gov-west-1.amazonaws.com", "sns", "us-gov-west-1"),
        ("iam.amazonaws.com", "iam", "us-east-1"),
        ("bucket.s3.eu-central-1.amazonaws.com", "s3", "eu-central-1"),
        ("my.bucket.s3.amazonaws.com", "s3", "us-east-1"),
        ("s3.dualstack.us-west-2.amazonaws.com", "s3", "us-west-2"),
        ("abc123.execute-api.us-east-2.amazonaws.com", "execute-api", "us-east-2"),
        ("search-x.ap-southeast-2.es.amazonaws.com", "es", "ap-southeast-2"),
        ("email.us-east-1.amazonaws.com", "ses", "us-east-1"),
        ("ec2.cn-north-1.amazonaws.com.cn", "ec2", "cn-north-1"),
    ],
)
def test_service_and_region_follow_from_the_host(host, service, region):
    assert target_of(f"https://{host}/x") == Target(service, region)


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://amazonaws.com.evil.example/", "https://amazonaws.com/"]
)
def test_it_signs_for_no_other_host(url):
    with pytest.raises(Refused, match=r"hosts of amazonaws\.com only") as caught:
        sign(Request("GET", url))
    assert caught.value.code == "not-an-aws-host"


def test_an_account_without_keys_is_told_to_enter_them():
    with pytest.raises(RelinkNeeded, match="enter its Secret Access Key"):
        sign(Request("GET", "https://sqs.eu-west-1.amazonaws.com/"), {"access_key": "a"})
    with pytest.raises(RelinkNeeded, match="enter its Access Key ID"):
        sign(Request("GET", "https://sqs.eu-west-1.amazonaws.com/"), {"secret_key": "a"})


def test_temporary_keys_send_their_token_and_sign_it():
    request = sign(
        Request("GET", "https://sqs.eu-west-1.amazonaws.com/"), KEYS | {"session_token": "t"}
    )
    assert request.header("x-amz-security-token") == "t"
    assert "host;x-amz-date;x-amz-security-token" in request.header("authorization")


def test_a_request_for_s3_carries_the_hash_of_its_body():
    request = sign(Request("PUT", "https://b.s3.eu-west-1.amazonaws.com/a", (), b"hello"))
    assert request.header("x-amz-content-sha256") == (
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    )


segments = st.one_of(
    st.sampled_from(["..", ".", "", "a b", "ü", "~x", "a%2Fb", "a+b", "a=b"]),
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=6),
)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
hosts = st.sampled_from(
    ["sqs.eu-west-1.amazonaws.com", "b.s3.us-west-2.amazonaws.com", "iam.amazonaws.com"]
)


@st.composite
def requests(draw):
    path = "/".join(quote(segment, safe="") for segment in draw(st.lists(segments, max_size=5)))
    query = urlencode(draw(st.lists(st.tuples(names, names), max_size=4)), quote_via=quote)
    url = f"https://{draw(hosts)}/{path}{'?' + query if query else ''}"
    headers = draw(
        st.sampled_from([(), (("Content-Type", "text/plain"),), (("X-Amz-Target", "a  b  c"),)])
    )
    return Request(draw(st.sampled_from(["GET", "POST", "PUT"])), url, headers, draw(st.binary()))


@pytest.mark.skipif(find_spec("botocore") is None, reason="botocore is not installed")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests())
def test_botocore_signs_the_same(request):
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Keys

    signed = sign(request)
    target = target_of(request.url)
    keys = Keys(KEYS["access_key"], KEYS["secret_key"])
    kind = auth.S3SigV4Auth if target.service == "s3" else auth.SigV4Auth
    signer = kind(keys, target.service, target.region)
    theirs = AWSRequest(request.method, request.url, dict(request.headers), data=request.body)
    theirs.context.update(timestamp="20150830T123600Z", payload_signing_enabled=True)
    theirs.headers["X-Amz-Date"] = "20150830T123600Z"
    if target.service == "s3":
        theirs.headers["X-Amz-Content-SHA256"] = signer.payload(theirs)
    canonical = signer.canonical_request(theirs)
    signature = signer.signature(signer.string_to_sign(theirs, canonical), theirs)
    assert f"Signature={signature}" in signed.header("authorization")
