"""Who may come in. Sign-in itself is django-allauth's: attempts limited, timing even, sessions rotated.

Nobody signs up: the first person comes by a one-time link that ``serve`` prints, everyone else by one
that an admin makes on the Team page.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from factotum.web import sign_in_limits
from factotum.web.errors import problem

OPEN = ("/api/", "/healthz", "/static/", "/sign-in/link/", "/sso/", "/metrics", "/mcp")
"""Addresses with a guard of their own, or none needed."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closed sign-up, and allauth's few sentences in our words."""

    error_messages = {  # noqa: RUF012  # the library's attribute
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "This name and password do not go together.",
        "too_many_login_attempts": (
            "Too many attempts. Wait five minutes, then try again; after many more, an hour. An admin "
            "can make you a one-time link."
        ),
        "account_inactive": "This person may not sign in any more. Ask an admin.",
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted as a failure until the password turns out right."""
        name = str(credentials.get("username", ""))
        self._login_failed_rl_usage = sign_in_limits.count(request, name)  # rolled back by the base
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        """This browser is known from now on."""
        response: HttpResponse = super().post_login(request, user, **more)
        sign_in_limits.know(response, user.name)
        return response

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # the library's signature
        """Never."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: object) -> HttpResponse:
        """The right password of somebody who may not come in any more."""
        del user
        return problem(request, 403, "Not allowed", self.error_messages["account_inactive"])

    def add_message(self, *_: Any, **__: Any) -> None:
        """No "you have signed in": the page that follows says it."""


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for sign-in unless it says otherwise."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """None to go on, else a redirect to the sign-in page."""
        if request.path.startswith(OPEN):
            return None
        answer: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        return answer

    def handle_no_permission(  # type: ignore[override]  # a client redirect is no 302
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """A fragment's request sends the whole page to sign-in, and back to where it was."""
        if request.headers.get("HX-Request") != "true":
            answer: HttpResponse = super().handle_no_permission(request, view_func)
            return answer
        back = getattr(getattr(request, "htmx", None), "current_url_abs_path", None) or "/"
        return HttpResponseClientRedirect(f"/sign-in?{urlencode({'next': back})}")
