"""Deliveries as their senders make them, most of them by the senders' own libraries."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook
from stripe import WebhookSignature
from twilio.request_validator import RequestValidator

from factotum.core.http import Request

NOW = 1_700_000_000
URL = "https://bots.example.com/webhooks/some-guid"
FORM = ("content-type", "application/x-www-form-urlencoded")
JSON = ("content-type", "application/json")


def github(secret, body, now=NOW, url=URL):
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return (JSON, ("x-hub-signature-256", f"sha256={digest}"))


def slack(secret, body, now=NOW, url=URL):
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(now), body=body)
    return (JSON, ("x-slack-request-timestamp", str(now)), ("x-slack-signature", signature))


def stripe(secret, body, now=NOW, url=URL):
    value = WebhookSignature.generate_signature_header(body.decode(), secret, now)
    return (JSON, ("stripe-signature", value))


def twilio(secret, body, now=NOW, url=URL):
    from django.http import QueryDict

    value = RequestValidator(secret).compute_signature(url, QueryDict(body))
    return (FORM, ("x-twilio-signature", value))


def x(secret, body, now=NOW, url=URL):
    return (JSON, ("x-twitter-webhooks-signature", f"sha256={_base64(secret, body)}"))


def shopify(secret, body, now=NOW, url=URL):
    return (JSON, ("x-shopify-hmac-sha256", _base64(secret, body)))


def standard(secret, body, now=NOW, url=URL):
    signed = Webhook(secret).sign("msg_1", datetime.fromtimestamp(now, UTC), body.decode())
    return (
        JSON,
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", str(now)),
        ("webhook-signature", signed),
    )


def gitlab(secret, body, now=NOW, url=URL):
    return (JSON, ("x-gitlab-token", secret))


def telegram(secret, body, now=NOW, url=URL):
    return (JSON, ("x-telegram-bot-api-secret-token", secret))


def custom(secret, body, now=NOW, url=URL):
    return (JSON, ("x-signature", hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()))


SENDERS = {
    "github": github,
    "gitlab": gitlab,
    "hmac": custom,
    "meta": github,
    "shopify": shopify,
    "slack": slack,
    "standard": standard,
    "stripe": stripe,
    "telegram": telegram,
    "twilio": twilio,
    "x": x,
}
"""Provider → the headers that its delivery of a body has."""

IS_UNSIGNED_BODY = frozenset({"gitlab", "telegram"})
"""Those that send their secret and sign nothing."""


def secret_for(provider, number=1):
    text = f"s3cr3t-number-{number}-é"
    if provider == "standard":
        return "whsec_" + base64.b64encode(text.encode()).decode()
    return f"token-{number}-abcdef" if provider in IS_UNSIGNED_BODY else text


def body_for(provider):
    if provider == "twilio":
        return b"MessageSid=SM1&Body=Hi+there%2C+%C3%A9&From=%2B1555&MediaUrl=b&MediaUrl=a"
    return json.dumps({"id": "evt_1", "event_id": "Ev1", "update_id": 7, "text": "é"}).encode()


def delivery(provider, secret=None, body=None, *, now=NOW, url=URL, method="POST"):
    """A request signed by its sender."""
    body = body_for(provider) if body is None else body
    headers = SENDERS[provider](secret or secret_for(provider), body, now, url)
    return Request(method, url, headers, body)


def _base64(secret, body):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
