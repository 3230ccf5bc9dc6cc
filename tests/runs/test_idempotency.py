"""Which requests a service does once for a key: by its host, or as the connected service says."""

import pytest

from factotum.core.http import Request, Response
from factotum.records.idempotency import read_line
from factotum.runs.idempotency import Honoured, honoured, is_replayed

STATUSES = Honoured.read(read_line("POST /api/v1/statuses 3600"))


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "https://api.stripe.com/v1/charges"),
        ("POST", "https://api.stripe.com/v1/payment_intents/pi_1/confirm?expand=customer"),
        ("POST", "https://API.Stripe.com:443/v1/charges"),
        ("POST", "https://api.resend.com/emails"),
        ("POST", "https://api.resend.com/emails/batch"),
    ],
)
def test_well_known_hosts_are_known(method, url):
    found = honoured(Request(method, url))

    assert (found.header, found.seconds) == ("Idempotency-Key", 86_400)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("DELETE", "https://api.stripe.com/v1/customers/cus_1"),
        ("POST", "https://api.stripe.com/v2/core/events"),
        ("POST", "https://files.stripe.com/v1/files"),
        ("POST", "https://api.resend.com/emails/1/cancel"),
        ("POST", "https://api.stripe.com.example.com/v1/charges"),
        ("POST", "https://api.x.com/2/tweets"),
    ],
)
def test_of_what_is_not_known_nothing_is_assumed(method, url):
    assert honoured(Request(method, url)) is None


def test_a_service_says_it_of_its_own_requests():
    post = Request("POST", "https://mastodon.example/api/v1/statuses")
    boost = Request("POST", "https://mastodon.example/api/v1/statuses/1/reblog")

    assert honoured(post, [STATUSES]) is STATUSES
    assert honoured(boost, [STATUSES]) is None
    assert honoured(post) is None


def test_what_a_service_says_goes_before_what_is_known_of_its_host():
    own = Honoured.read(read_line("POST /v1/charges 60 X-Once"))
    charge = Request("POST", "https://api.stripe.com/v1/charges")
    refund = Request("POST", "https://api.stripe.com/v1/refunds")

    assert honoured(charge, [own]) is own
    assert honoured(refund, [own]).seconds == 86_400


def test_the_last_of_the_time_is_not_relied_on():
    assert 3_300 < STATUSES.until(0.0) < 3_500


@pytest.mark.parametrize(("value", "told"), [("true", True), ("TRUE", True), ("false", False)])
def test_an_answer_given_before_says_so(value, told):
    assert is_replayed(Response(200, (("Idempotent-Replayed", value),))) is told
    assert not is_replayed(Response(200))
