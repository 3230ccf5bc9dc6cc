"""Signing in, signing out, and the one-time link by which a person comes in for the first time."""

from __future__ import annotations

from allauth.account.views import LoginView, LogoutView
from django import forms
from django.contrib.auth import login, password_validation, update_session_auth_hash
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from factotum.core.errors import FactotumError
from factotum.store.models import Worker
from factotum.web import sign_in_limits
from factotum.web.asking import actor_of, app, result
from factotum.web.errors import problem

BY_LINK = "came_by_link"
"""In the session of somebody who may choose a password without knowing one."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

sign_in = LoginView.as_view(template_name="people/sign_in.html")
sign_out = LogoutView.as_view(template_name="people/sign_out.html")


class Welcome(forms.Form):
    """Name and password of a person who came by a one-time link."""

    name = forms.CharField(
        label="Sign-in name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "data-focus": ""}),
    )
    password = forms.CharField(
        label="Password",
        help_text="At least 10 characters; a few unusual words are best.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label="Password, once more",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, worker: Worker, posted: QueryDict | None) -> None:
        super().__init__(posted, initial={"name": worker.name})
        self.worker = worker

    def clean_name(self) -> str:
        """A name nobody else has."""
        name = str(self.cleaned_data["name"]).strip()
        if Worker.objects.filter(name=name).exclude(pk=self.worker.pk).exists():
            raise forms.ValidationError("Somebody else signs in with this name.")
        return name

    def clean_repeated(self) -> str:
        """The same password twice, and one that is not easily guessed."""
        password = self.cleaned_data.get("password", "")
        if self.cleaned_data["repeated"] != password:
            raise forms.ValidationError("The two passwords are not the same.")
        password_validation.validate_password(password, self.worker)
        return str(password)


@never_cache
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Looking at the link does not use it up, so that a mail scanner cannot; the page's button does.

    The page presses its own button, so a person is in at once.
    """
    try:
        result(app().sign_in_link_worker(token))
        if request.method != "POST":
            return render(request, "people/link.html")
        worker_id = result(app().use_sign_in_link(token))
    except FactotumError as error:
        return problem(request, 410, "This link no longer works", error.sentence)
    worker = Worker.objects.get(pk=worker_id)
    login(request, worker, backend=BACKEND)
    request.session[BY_LINK] = True
    return redirect("welcome")


@never_cache
@sensitive_post_parameters("password", "repeated")
def welcome(request: HttpRequest) -> HttpResponseBase:
    """How somebody who came by a one-time link signs in from now on."""
    worker = Worker.objects.get(pk=actor_of(request).worker_id or 0)
    if not request.session.get(BY_LINK):
        return redirect("/setup/security")
    form = Welcome(worker, request.POST or None)
    if request.method == "POST" and form.is_valid():
        worker.name = form.cleaned_data["name"]
        worker.set_password(form.cleaned_data["password"])
        worker.save(update_fields=["name", "password", "updated_at"])
        update_session_auth_hash(request, worker)
        del request.session[BY_LINK]
        response = redirect("/")
        sign_in_limits.know(response, worker.name)
        return response
    return render(request, "people/welcome.html", {"form": form, "worker": worker})
