"""Error codes of services → cause and what to do, as sentences for the person in the chat."""

from __future__ import annotations

from collections.abc import Mapping

_RELINK = "The account's keys are not accepted. Link the account again on its card."
_WAIT = "Too many requests for now. Wait a few minutes and try again."
_CREDITS = "The service wants to be paid: add credits or a plan there, then try again."
_DUPLICATE = "The same text was posted before and X refuses it for a while. Change the text."
_TOO_LONG = "The text is too long for X: 280 characters, where a link counts 23. Shorten it."
_ONLY_READS = "The app at X may only read. Allow it to write in its settings, then link again."
_SUSPENDED = "This account is suspended at X. Sort it out there first."
_AUTOMATED = "X takes this for automated abuse. Post something by hand, then try again."
_LOCKED = "The account is locked at X. Sign in there and unlock it."

_X: Mapping[str, str] = {
    # https://developer.x.com/en/support/x-api/error-troubleshooting
    "32": _RELINK,
    "34": "There is no such page at X. Check the address in the behavior.",
    "50": "X knows no such user. Check the name.",
    "63": "That user is suspended at X.",
    "64": _SUSPENDED,
    "87": "The app at X may not do this. Check its permissions and its plan there.",
    "88": _WAIT,
    "89": _RELINK,
    "93": "The app may not touch direct messages. Allow it in the app's settings, then link again.",
    "99": _RELINK,
    "130": "X is over capacity. Try again in a minute.",
    "131": "X has an error of its own. Try again in a minute.",
    "135": "The clock of this machine is off. Set it right and try again.",
    "144": "There is no such post at X; it may be deleted.",
    "161": "Following is limited for now. Wait and try again.",
    "170": "The text is missing. Type something and send it again.",
    "179": "That post is protected; this account may not see it.",
    "185": "The account has reached its posts of the day. Try again tomorrow.",
    "186": _TOO_LONG,
    "187": _DUPLICATE,
    "215": _RELINK,
    "220": "These keys may not use this endpoint. Link the account again.",
    "226": _AUTOMATED,
    "261": _ONLY_READS,
    "326": _LOCKED,
    "327": "This was reposted already.",
    "403": "X forbids this for the account.",
    "415": "The callback address is not in the app's settings at X. Add it there.",
    "453": "X has closed this endpoint to the app's plan. Use the v2 endpoint instead.",
}

_X2: Mapping[str, str] = {
    "client-not-enrolled": "The app at X is not in a project. Put it into one there.",
    "client-forbidden": "The app at X is not in a project. Put it into one there.",
    "unsupported-authentication": "This endpoint wants other keys. Link the account another way.",
    "usage-capped": "The app's posts or reads of the month are used up at X.",
    "credits": _CREDITS,
    "resource-not-found": "There is no such thing at X; it may be deleted.",
    "not-authorized-for-resource": "This account may not see or do that at X.",
    "invalid-request": "X does not understand the request. Check what the behavior sends.",
    "oauth1-permissions": _ONLY_READS,
}

_X2_WORDS: Mapping[str, str] = {
    # version 2 gives these no code, only words (type about:blank)
    "duplicate content": _DUPLICATE,
    "text is too long": _TOO_LONG,
    "be automated": _AUTOMATED,
    "account is suspended": _SUSPENDED,
    "temporarily locked": _LOCKED,
    "deleted or not visible": "The post is deleted, or this account may not see it.",
    "reply to this conversation is not allowed": "Its author lets only some people reply.",
    "not permitted to perform this action": "X lets this account not do that: the app may be allowed "
    "to read only, or whoever wrote the post lets only some people reply. Look at both there.",
}

_SLACK: Mapping[str, str] = {
    # https://api.slack.com/methods/chat.postMessage#errors
    "account_inactive": "The person or workspace was switched off at Slack.",
    "channel_not_found": "Slack knows no such channel, or the bot is not in it.",
    "invalid_auth": _RELINK,
    "is_archived": "That channel is archived.",
    "missing_scope": "The app lacks a permission. Add the scope at Slack, then link again.",
    "no_text": "The text is missing. Type something and send it again.",
    "not_authed": _RELINK,
    "not_in_channel": "The bot is not in that channel. Invite it there.",
    "ratelimited": _WAIT,
    "token_expired": _RELINK,
    "token_revoked": _RELINK,
}

_OAUTH: Mapping[str, str] = {
    "invalid_token": _RELINK,
    "expired_token": _RELINK,
    "insufficient_scope": "The account was linked without this permission. Link it again with it.",
}

_STATUS: Mapping[int, str] = {
    400: "The service does not understand the request. Check what the behavior sends.",
    401: _RELINK,
    402: _CREDITS,
    403: "The service forbids this for the account. Check its permissions there.",
    404: "There is nothing at that address. Check it in the behavior.",
    405: "That address does not take this kind of request. Check it in the behavior.",
    409: "It clashes with what is there already. Look at the service, then try again.",
    410: "That is gone for good. Check the address in the behavior.",
    413: "It is too large. Send less.",
    415: "The service wants another content type. Check the headers in the behavior.",
    422: "The service cannot accept those values. Check them and try again.",
    429: _WAIT,
}

_FAMILIES = {"x": _X, "x2": _X2, "slack": _SLACK, "oauth": _OAUTH}
_WORDS = {"x2": _X2_WORDS}


def explain(family: str, code: str, status: int, message: str = "") -> str:
    """Cause and what to do: by the service's own code, else by its words, else by the status."""
    known = _FAMILIES.get(family, {}).get(code) or _by_words(family, message.lower())
    if known:
        return known
    if status >= 500:
        return "The service has trouble of its own. Look there before you try again."
    return _STATUS.get(status, "")


def _by_words(family: str, message: str) -> str:
    known = _WORDS.get(family, {})
    return next((advice for words, advice in known.items() if words in message), "")
