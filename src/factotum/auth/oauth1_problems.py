"""What a provider of OAuth 1.0a means when it gives no token.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
https://web.archive.org/web/2012/http://wiki.oauth.net/w/page/12238543/ProblemReporting
"""

from __future__ import annotations

import re

from factotum.auth.answers import Answer
from factotum.auth.failures import clock_failure, clock_is_off, code_of_status, failure
from factotum.core.errors import LinkFailed
from factotum.core.values import Moment

CODES = {
    # X
    "32": "wrong-client-secret",
    "215": "wrong-client-secret",
    "88": "provider-busy",
    "89": "link-expired",
    "135": "clock-wrong",
    "415": "callback-not-approved",
    "417": "callback-not-approved",
    # OAuth Problem Reporting
    "consumer_key_unknown": "wrong-client-secret",
    "consumer_key_rejected": "wrong-client-secret",
    "consumer_key_refused": "wrong-client-secret",
    "signature_invalid": "wrong-client-secret",
    "signature_method_rejected": "signature-method-refused",
    "timestamp_refused": "clock-wrong",
    "token_used": "link-expired",
    "token_expired": "link-expired",
    "token_revoked": "link-expired",
    "token_rejected": "link-expired",
    "verifier_invalid": "verifier-wrong",
    "permission_denied": "consent-denied",
    "user_refused": "consent-denied",
    # oauthlib's servers
    "invalid_signature_method": "signature-method-refused",
    "invalid_client": "wrong-client-secret",
}
"""A provider's own code → ours."""

WORDS = [
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"callback", "callback-not-approved"),
        (r"timestamp|\bclock\b", "clock-wrong"),
        (r"verifier|\bpin\b", "verifier-wrong"),
        (r"signature.method", "signature-method-refused"),
        (r"token.*(expired|used|revoked)|(expired|invalid).*request.token", "link-expired"),
        (r"signature|consumer|client|authenticate you", "wrong-client-secret"),
    )
]
"""What providers without codes write → ours; the first that is found counts."""


def request_failure(answer: Answer, host: str, moment: Moment, callback: str) -> LinkFailed:
    """Why there is no request token: wrong secret, address not approved, clock, provider."""
    code = _code(answer) or _code_of_refusal(answer, "wrong-client-secret")
    if _is_the_clock(answer, moment, code):
        return clock_failure(answer, moment, host)
    return failure(code, answer, host=host, url="Request Token URL", callback=callback)


def access_failure(answer: Answer, host: str, moment: Moment) -> LinkFailed:
    """Why there is no access token; the secret was right a moment ago, so a bare 401 is the token."""
    code = _code(answer) or _code_of_refusal(answer, "link-expired")
    if _is_the_clock(answer, moment, code):
        return clock_failure(answer, moment, host)
    return failure(code, answer, host=host, url="Access Token URL")


def _code(answer: Answer) -> str:
    if code := CODES.get(answer.code.lower()) or code_of_status(answer):
        return code
    return next((code for words, code in WORDS if words.search(answer.message)), "")


def _code_of_refusal(answer: Answer, unauthorized: str) -> str:
    return unauthorized if answer.status == 401 else "provider-refused"


def _is_the_clock(answer: Answer, moment: Moment, code: str) -> bool:
    """A signature too old is often called a wrong one; the answer's Date settles it."""
    suspects = {"wrong-client-secret", "link-expired", "provider-refused"}
    return code == "clock-wrong" or (code in suspects and clock_is_off(answer, moment))
