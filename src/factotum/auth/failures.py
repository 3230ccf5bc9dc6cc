"""Why linking failed, in words a person can act on: one sentence for each code.

The codes are part of the API (``LinkFailed.code``): they are added to, never changed.
"""

from __future__ import annotations

from datetime import timedelta

from factotum.auth.answers import Answer
from factotum.core.errors import LinkFailed
from factotum.core.values import Moment

SENTENCES = {
    "callback-forged": "This answer does not belong to the link that was started here, so it was "
    "not used. Start again with the account's Link button.",
    "callback-not-approved": "{host} does not accept this callback address. Add {callback} to the "
    "app's callback addresses there, then link again.",
    "callback-not-confirmed": "{host} did not confirm the callback address "
    "(oauth_callback_confirmed), so it does not speak OAuth 1.0a safely and nothing was linked.",
    "clock-wrong": "{host} refuses the time of our request. Set this machine's clock, then link "
    "again.",
    "consent-denied": "Consent was denied at {host}; the account keeps what it had. "
    "Link again to be asked once more.",
    "grant-not-allowed": "{host} does not allow this app to be linked in this way. Check the "
    "app's type and permissions there.",
    "link-expired": "{host} no longer accepts this consent: it has expired or was used already. "
    "Link again.",
    "provider-busy": "{host} asks to wait before linking again{wait}.",
    "provider-down": "{host} is not working right now{http}. Nothing was changed; try "
    "again in a few minutes.",
    "provider-garbage": "{host} answered with {what} where a token was expected. Check the {url} "
    "of the service.",
    "provider-refused": "{host} refused to link the account{http}.",
    "scope-refused": "{host} does not grant the scopes that were asked for. Check the Scope of the "
    "service and the app's permissions there.",
    "signature-method-refused": "{host} does not accept this signature method. Choose another "
    "Signature Method in the service.",
    "verifier-missing": "The answer from {host} lacks its verification code, so consent is not "
    "proven. Link again.",
    "verifier-wrong": "{host} does not accept the verification code. Link again, and copy the code "
    "whole where you type it in.",
    "wrong-address": "{host} has no such address{http}. Check the {url} of the service.",
    "wrong-client-secret": "{host} does not accept the Client ID or the Client Secret. Copy both "
    "again from the app's page there into the service, then link again. Where the app has keys for "
    "OAuth 1.0a (Consumer Key, API Key) and others for OAuth 2.0, take those that the service is "
    "for.",
    "wrong-issuer": "The answer comes from another issuer than the service names, so it was not "
    "used. Check the Issuer of the service, then link again.",
}

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Signatures further off than this are refused by X and by most providers."""


def failed(code: str, *, host: str, said: str = "", **values: object) -> LinkFailed:
    """The error for a code; ``said`` is the provider's own message, ``values`` fill the sentence."""
    sentence = SENTENCES[code].format(host=host, **values)
    return LinkFailed(f"{sentence} It said: “{said}”" if said else sentence, code=code)


def failure(code: str, answer: Answer, *, host: str, url: str, callback: str = "") -> LinkFailed:
    """The error for an answer that means ``code``; ``url`` is the label of the field asked at."""
    http = f" (HTTP {answer.status})" if answer.status else ""
    wait = f" (for {answer.retry_after:.0f} seconds)" if answer.retry_after else ""
    what = "a web page" if answer.is_web_page else "something else"
    return failed(
        code,
        host=host,
        said="" if code in {"provider-down", "provider-garbage"} else answer.message,
        http=http,
        url=url,
        callback=callback,
        wait=wait,
        what=what,
    )


def code_of_status(answer: Answer) -> str:
    """What a status alone tells, or ``""``."""
    if answer.status >= 500:
        return "provider-down"
    if answer.status == 429:
        return "provider-busy"
    if answer.status in {404, 405, 410} or 300 <= answer.status < 400:
        return "wrong-address"
    if answer.status < 300:
        return "provider-garbage"
    return ""


def clock_failure(answer: Answer, moment: Moment, host: str) -> LinkFailed:
    """A refused time, and how far this clock is off where the answer's Date tells."""
    plain = failed("clock-wrong", host=host, said=answer.message)
    if not clock_is_off(answer, moment) or answer.date is None:
        return plain
    minutes = (moment.at - answer.date) / timedelta(minutes=1)
    side = "ahead of" if minutes > 0 else "behind"
    return LinkFailed(
        f"This machine's clock is {abs(minutes):.0f} minutes {side} {host}'s, which refuses the "
        "request for that. Set the clock, then link again.",
        code=plain.code,
    )


def clock_is_off(answer: Answer, moment: Moment) -> bool:
    """Whether the answer's Date shows this machine's clock too far off for signatures."""
    return answer.date is not None and abs(moment.at - answer.date) > CLOCK_TOLERANCE
