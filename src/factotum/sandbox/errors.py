"""What X answers when it refuses: one refusal, written in the words of either version.

Version 1.1 and the OAuth 1.0a endpoints: ``{"errors": [{"code": 32, "message": "…"}]}``.
Version 2: ``{"title": "…", "detail": "…", "type": "…", "status": 401}``.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

PROBLEMS = "https://api.twitter.com/2/problems/"


class Refusal(Exception):
    """The sandbox refuses a request. ``reason`` goes out in ``x-sandbox-reason``, for developers."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        title: str = "",
        detail: str = "",
        type: str = "about:blank",
        v2_status: int = 0,
        errors: list[dict[str, Any]] | None = None,
        reason: str = "",
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.title = title or message
        self.detail = detail or self.title
        self.type = type
        self.v2_status = v2_status or status
        self.errors = errors
        self.reason = reason
        self.more = more or {}

    def answer(self, version: int, headers: dict[str, str] | None = None) -> JSONResponse:
        """Write the refusal down in version 1 or 2."""
        sent = dict(headers or {})
        if self.reason:
            sent["x-sandbox-reason"] = self.reason.encode("ascii", "replace").decode()
        if version == 1:
            body: dict[str, Any] = {"errors": [{"code": self.code, "message": self.message}]}
            return JSONResponse(body, self.status, sent)
        body = {
            "title": self.title,
            "detail": self.detail,
            "type": self.type,
            "status": self.v2_status,
            **self.more,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return JSONResponse(body, self.v2_status, sent)


def could_not_authenticate(reason: str) -> Refusal:
    """Refuse a signature, a nonce, a key: X tells no more than this."""
    return Refusal(401, 32, "Could not authenticate you.", title="Unauthorized", reason=reason)


def bad_authentication_data(reason: str) -> Refusal:
    """Refuse a request that carries no credentials that can be read."""
    return Refusal(
        400, 215, "Bad Authentication data.", title="Unauthorized", v2_status=401, reason=reason
    )


def invalid_token(reason: str) -> Refusal:
    """Refuse a token that is unknown, revoked, used up or expired."""
    return Refusal(401, 89, "Invalid or expired token.", title="Unauthorized", reason=reason)


def timestamp_out_of_bounds(seconds: float) -> Refusal:
    """Refuse a request that was signed too long ago, or in the future."""
    return Refusal(
        401,
        135,
        "Timestamp out of bounds.",
        title="Unauthorized",
        reason=f"oauth_timestamp is {seconds:+.0f} seconds away from this clock",
    )


def callback_not_approved(callback: str) -> Refusal:
    """Refuse a callback that the app's settings do not list."""
    return Refusal(
        403,
        415,
        "Callback URL not approved for this client application. "
        "Approved callback URLs can be adjusted in your application settings",
        title="Forbidden",
        reason=f"oauth_callback was {callback!r}" if callback else "oauth_callback is missing",
    )


def rate_limited() -> Refusal:
    """Refuse a call beyond the window."""
    return Refusal(429, 88, "Rate limit exceeded", title="Too Many Requests")


def usage_cap_exceeded() -> Refusal:
    """Refuse a call beyond the app's cap of the month; the window may have plenty of room."""
    return Refusal(
        429,
        88,
        "Usage cap exceeded: Monthly product cap",
        title="UsageCapExceeded",
        detail="Usage cap exceeded: Monthly product cap",
        type=PROBLEMS + "usage-capped",
        more={"period": "Monthly", "scope": "Product"},
    )


def credits_depleted() -> Refusal:
    """Refuse an app that has no credits left."""
    return Refusal(
        402,
        88,
        "Your enrolled account does not have any credits to fulfill this request.",
        title="CreditsDepleted",
        detail="Your enrolled account does not have any credits to fulfill this request.",
        type=PROBLEMS + "credits",
    )


def endpoint_closed() -> Refusal:
    """Refuse version 1.1 to an app that may only use version 2."""
    return Refusal(
        403,
        453,
        "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints "
        "only. If you need access to this endpoint, you may need a different access level.",
        title="Forbidden",
    )


def app_cannot_write() -> Refusal:
    """Refuse a change by an app, or by a token, that may only read."""
    return Refusal(
        403,
        261,
        "Application cannot perform write actions.",
        title="Forbidden",
        detail="Your client app is not configured with the appropriate oauth1 app permissions "
        "for this endpoint.",
        type=PROBLEMS + "oauth1-permissions",
        reason="the app's permission, or the one this token was given under, is read only",
    )


def user_needed() -> Refusal:
    """Refuse an app-only token where somebody must be speaking."""
    return Refusal(
        403,
        220,
        "Your credentials do not allow access to this resource.",
        title="Unsupported Authentication",
        detail="Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. "
        "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
        type=PROBLEMS + "unsupported-authentication",
    )


def version_1_wants_oauth1() -> Refusal:
    """Refuse an OAuth 2.0 user token at a version 1.1 endpoint."""
    return Refusal(
        403,
        220,
        "Your credentials do not allow access to this resource.",
        title="Forbidden",
        reason="version 1.1 takes OAuth 1.0a, or an app-only token where nobody must be speaking",
    )


def scope_missing(missing: list[str]) -> Refusal:
    """Refuse an OAuth 2.0 token that was granted less."""
    return Refusal(
        403,
        220,
        "Your credentials do not allow access to this resource.",
        title="Forbidden",
        reason=f"the token lacks the scope {' '.join(missing)}",
    )


def duplicate() -> Refusal:
    """Refuse a text that the same user posted a while ago."""
    return Refusal(
        403,
        187,
        "Status is a duplicate.",
        title="Forbidden",
        detail="You are not allowed to create a Tweet with duplicate content.",
    )


def too_long(weight: int) -> Refusal:
    """Refuse a text that weighs more than 280."""
    return Refusal(
        403,
        186,
        "Tweet needs to be a bit shorter.",
        title="Forbidden",
        detail="Your Tweet text is too long.",
        reason=f"the text weighs {weight} of 280",
    )


def no_text() -> Refusal:
    """Refuse a post without a text."""
    return invalid_request("text", "", "must not be empty", code=170, missing="status")


def invalid_request(
    parameter: str, value: str, sentence: str, *, code: int = 214, missing: str = ""
) -> Refusal:
    """Refuse a parameter, naming it."""
    message = f"Missing required parameter: {missing}." if missing else f"{parameter}: {sentence}"
    return Refusal(
        403 if missing == "status" else 400,
        code,
        message,
        title="Invalid Request",
        detail="One or more parameters to your request was invalid.",
        type=PROBLEMS + "invalid-request",
        v2_status=400,
        errors=[
            {
                "parameters": {parameter: [value]},
                "message": f"The `{parameter}` query parameter value [{value}] {sentence}",
            }
        ],
    )


def not_found(code: int, message: str) -> Refusal:
    """Refuse to show what does not exist (version 1.1; version 2 says it inside a 200)."""
    return Refusal(404, code, message, title="Not Found")
