"""What a provider of OAuth 2.0 means when it gives no code or no token.

https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
https://www.rfc-editor.org/rfc/rfc6749#section-5.2
https://docs.slack.dev/reference/methods/oauth.v2.access#errors
https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
"""

from __future__ import annotations

import re

from factotum.auth.answers import Answer
from factotum.auth.failures import code_of_status, failure
from factotum.core.errors import FactotumError, LinkFailed, RelinkNeeded, RetryLater

CODES = {
    # RFC 6749
    "access_denied": "consent-denied",
    "invalid_client": "wrong-client-secret",
    "invalid_grant": "link-expired",
    "invalid_scope": "scope-refused",
    "server_error": "provider-down",
    "temporarily_unavailable": "provider-down",
    "unauthorized_client": "grant-not-allowed",
    "unsupported_grant_type": "grant-not-allowed",
    "unsupported_response_type": "grant-not-allowed",
    # OpenID Connect and LinkedIn
    "consent_required": "consent-denied",
    "login_required": "consent-denied",
    "user_cancelled_authorize": "consent-denied",
    "user_cancelled_login": "consent-denied",
    # GitHub
    "bad_refresh_token": "link-expired",
    "bad_verification_code": "link-expired",
    "incorrect_client_credentials": "wrong-client-secret",
    "redirect_uri_mismatch": "callback-not-approved",
    # Slack
    "account_inactive": "link-expired",
    "bad_client_secret": "wrong-client-secret",
    "bad_redirect_uri": "callback-not-approved",
    "code_already_used": "link-expired",
    "code_expired": "link-expired",
    "invalid_client_id": "wrong-client-secret",
    "invalid_code": "link-expired",
    "invalid_refresh_token": "link-expired",
    "ratelimited": "provider-busy",
    "token_expired": "link-expired",
    "token_revoked": "link-expired",
}
"""A provider's own code → ours."""

WORDS = [
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"redirect.?ur[il]|callback", "callback-not-approved"),
        (r"authorization header|client.?(id|secret|authentication)", "wrong-client-secret"),
        (r"\b(code|token)\b.*(invalid|expired|revoked|used)", "link-expired"),
        (r"(invalid|expired|revoked).*\b(code|token)\b", "link-expired"),
        (r"\bscopes?\b", "scope-refused"),
    )
]
"""What ``invalid_request`` and unknown codes may mean by their message; the first found counts."""

PATIENCE = 60.0
"""Seconds until a refresh is tried again where the provider does not say."""


def is_client_refused(answer: Answer) -> bool:
    """Whether it was our Client ID and Secret, or how they were sent, that was refused."""
    refused = {"invalid_client", "unauthorized_client"}
    return answer.code in refused or (answer.status == 401 and not answer.code)


def callback_failure(answer: Answer, host: str, callback: str) -> LinkFailed:
    """Why the provider sent the person back without a code."""
    code = _known(answer) or "provider-refused"
    return failure(code, answer, host=host, url="Authorization URL", callback=callback)


def token_failure(answer: Answer, host: str, callback: str) -> LinkFailed:
    """Why there is no token for a code."""
    return failure(_code(answer), answer, host=host, url="Access Token URL", callback=callback)


def refresh_failure(answer: Answer, host: str) -> FactotumError:
    """Why there is no fresh token: RelinkNeeded for good, RetryLater for now, else LinkFailed."""
    code = _code(answer)
    plain = failure(code, answer, host=host, url="Access Token URL")
    if code in {"provider-down", "provider-busy"}:
        return RetryLater(plain.sentence, after=answer.retry_after or PATIENCE, code=code)
    if code in {"link-expired", "consent-denied"}:
        said = f" It said: “{answer.message}”" if answer.message else ""
        return RelinkNeeded(
            f"{host} no longer renews this account's access. Link the account again.{said}"
        )
    return plain


def _code(answer: Answer) -> str:
    return _known(answer) or code_of_status(answer) or _by_status(answer)


def _known(answer: Answer) -> str:
    """Our code for the provider's; its words count only where its code says nothing."""
    if answer.code == "unauthorized_client" and answer.status == 401:
        return "wrong-client-secret"  # so X calls a client that has not proved who it is
    if code := CODES.get(answer.code):
        return code
    if not answer.code or answer.status >= 500:
        return ""
    found = (code for words, code in WORDS if words.search(answer.message))
    return next(found, "provider-refused" if answer.status < 400 else "")


def _by_status(answer: Answer) -> str:
    return "wrong-client-secret" if answer.status == 401 else "provider-refused"
