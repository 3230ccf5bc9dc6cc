"""*Setup » Security* and *Developers » API*: one's own password, sessions and tokens."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from factotum.usecases.access import SCOPES
from factotum.web import sign_in_limits
from factotum.web.asking import actor_of, app, result
from factotum.web.errors import problem


class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth ships no types
    """The old one once, the new one twice."""

    template_name = "setup/password.html"
    success_url = reverse_lazy("security")

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        """Who came by a one-time link and has no password yet chooses the first one."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("welcome")
        answer: HttpResponseBase = super().dispatch(request, *args, **more)
        return answer

    def post(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        """Guessing the old password in a session that somebody left open is hopeless."""
        if not sign_in_limits.count_change(request.user):
            return problem(request, 429, "Too many attempts", "Wait a minute, then try again.")
        answer: HttpResponseBase = super().post(request, *args, **more)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Say that it is done; other sessions end, because their password is no longer right."""
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Your password is changed. Other sessions were signed out.")
        return response


password = ChangePassword.as_view()


def security(request: HttpRequest) -> HttpResponseBase:
    """Password, and where one is signed in."""
    sessions = UserSession.objects.purge_and_list(request.user)
    sessions.sort(key=lambda session: session.created_at, reverse=True)
    lines = [
        (session, browser_of(session.user_agent), session.is_current()) for session in sessions
    ]
    return render(request, "setup/security.html", {"sessions": lines})


@require_POST
def end_others(request: HttpRequest) -> HttpResponseBase:
    """Sign out everywhere but here."""
    end_other_sessions(request, request.user)
    messages.success(request, "Signed out everywhere else.")
    return redirect("/setup/security")


def browser_of(user_agent: str) -> str:
    """``Firefox on Linux``: the first name found in each list, which go from special to general."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in user_agent), "A browser")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def tokens(request: HttpRequest) -> HttpResponseBase:
    """One's tokens for programs; a new one is shown once, on the page that answers the form."""
    actor = actor_of(request)
    made, fault = "", ""
    if request.method == "POST":
        scopes, name = request.POST.getlist("scope"), request.POST.get("name", "").strip()
        if not name:
            fault = "Say what the token is for, so that you know it again."
        elif not scopes:
            fault = "Tick what the token may do."
        else:
            made = result(app().create_token(actor, name=name, scopes=scopes))
    context = {
        "tokens": result(app().tokens(actor)),
        "made": made,
        "fault": fault,
        "scopes": SCOPES.items(),
        "base_url": settings.CONFIG.base_url,
    }
    return render(request, "setup/tokens.html", context, status=422 if fault else 200)


@require_POST
def revoke(request: HttpRequest, id: int) -> HttpResponseBase:
    """From now on this token opens nothing."""
    result(app().revoke_token(actor_of(request), id))
    messages.success(request, "The token is revoked.")
    return redirect("/setup/developers/api")
