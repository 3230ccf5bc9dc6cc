"""*Setup » Configure » Import Package*: paste, answer, done, all on one page.

What was imported is kept in the session under a short key, so that the summary has an address: a
person who leaves it for the provider's consent comes back to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from factotum.core.errors import BadPackage, Fault
from factotum.packages.importer import ImportResult
from factotum.packages.plan import OnExisting
from factotum.packages.prompts import Question
from factotum.records.record_type import record_types
from factotum.web.asking import actor_of, admins_only, app, result
from factotum.web.forms import Input

KEPT = "imports"
KEPT_COUNT = 5
PREFIX = "prompt_"
ECHO_LIMIT = 1_000_000  # characters of a package that are put back into the form
EXISTING: Mapping[str, OnExisting] = {"update": "update", "skip": "skip", "new": "new"}


@admins_only
def import_package(request: HttpRequest) -> HttpResponseBase:
    """The form; with a package its prompts; with answers the import and its summary."""
    if request.method == "POST":
        return _posted(request)
    kept = request.session.get(KEPT, {}).get(request.GET.get("import", ""))
    if kept:
        is_bot = any(group["type"] == "behavior" for group in kept["groups"])
        return render(request, "setup/imported.html", {"done": kept, "is_bot": is_bot})
    text = _from_library(request.GET.get("package", ""))
    if text:
        return _looked_at(request, text)
    return render(request, "setup/import_package.html", {"text": ""})


def _posted(request: HttpRequest) -> HttpResponseBase:
    file = request.FILES.get("file")
    text: str | bytes = file.read() if file else request.POST.get("package", "")
    if not text.strip():
        fault = Fault("no-package", "", "There is no package here.", "Paste one or choose a file.")
        return _refused(request, "", [fault])
    if request.POST.get("asked"):
        return _imported(request, text, _answers(request.POST))
    return _looked_at(request, text, is_import=True)


def _looked_at(
    request: HttpRequest, text: str | bytes, *, is_import: bool = False
) -> HttpResponseBase:
    """Show what the package asks. One that asks nothing and is new here is imported at once."""
    try:
        outcome = result(app().import_package(actor_of(request), text, None, plan=True))
    except BadPackage as error:
        return _refused(request, text, error.faults)
    if outcome.status == "prompts" or not is_import or _is_known(request, outcome):
        return _asked(request, text, outcome)
    return _imported(request, text, {})


def _imported(request: HttpRequest, text: str | bytes, answers: dict[str, Any]) -> HttpResponseBase:
    on_existing = EXISTING.get(request.POST.get("on_existing", ""), "update")
    try:
        outcome = result(
            app().import_package(actor_of(request), text, answers, on_existing=on_existing)
        )
    except BadPackage as error:
        return _refused(request, text, error.faults)
    if outcome.status == "prompts":
        return _asked(request, text, outcome)
    return redirect(f"/setup/configure/import-package?import={_keep(request, outcome)}")


def _is_known(request: HttpRequest, outcome: ImportResult) -> bool:
    """Whether a package of this name was imported before: then there is a choice to make."""
    found = result(app().find(actor_of(request), "package", "", limit=1000))
    return any(record.label == outcome.package for record in found.records)


def _asked(request: HttpRequest, text: str | bytes, outcome: ImportResult) -> HttpResponse:
    inputs = [as_input(question) for question in outcome.prompts]
    context = {
        "text": _echo(text),
        "inputs": inputs,
        "fault_count": sum(1 for one in inputs if one.error),
        "on_existing": request.POST.get("on_existing", "update"),
        "is_asked": True,
        "is_known": _is_known(request, outcome),
        "outcome": outcome,
        "reach": outcome.reach.as_json() if outcome.reach else {},
        "brings": _groups(outcome.records),
    }
    return render(request, "setup/import_package.html", context)


def _refused(request: HttpRequest, text: str | bytes, faults: list[Fault]) -> HttpResponse:
    context = {"text": _echo(text), "faults": faults[:50], "more": max(0, len(faults) - 50)}
    return render(request, "setup/import_package.html", context, status=422)


def as_input(question: Question) -> Input:
    """A package's prompt as a field of our forms."""
    chosen = question.value if isinstance(question.value, list) else [question.value]
    return Input(
        name=f"{PREFIX}{question.key}",
        label=question.label.rstrip(": "),
        kind="secret" if question.is_secret else "text" if question.type == "text" else "choice",
        value=""
        if question.is_secret or isinstance(question.value, list)
        else str(question.value or ""),
        placeholder=str(question.params.get("placeholder") or ""),
        error=question.error,
        required=True,
        options=[(choice.value, choice.label) for choice in question.choices],
        is_multiple=_is_multiple(question),
        chosen=frozenset(str(one) for one in chosen if one),
        help=_none_to_choose(question),
    )


def _is_multiple(question: Question) -> bool:
    if question.type == "chooser":
        return not question.params.get("single")
    return question.type == "picklist" and bool(question.params.get("multiple"))


def _none_to_choose(question: Question) -> str:
    if question.type != "chooser" or question.choices:
        return ""
    query = question.params.get("query")
    fitting = f" that matches {query}" if query else ""
    return f"There is nothing to choose{fitting}. Import or make one first, then come back."


def _answers(posted: QueryDict) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for name in posted:
        if name.startswith(PREFIX):
            values = [value for value in posted.getlist(name) if value]
            answers[name.removeprefix(PREFIX)] = values if len(values) > 1 else "".join(values)
    return answers


def _keep(request: HttpRequest, outcome: ImportResult) -> str:
    key = secrets.token_urlsafe(6)
    kept = dict(list(request.session.get(KEPT, {}).items())[-KEPT_COUNT + 1 :])
    kept[key] = {
        "groups": _groups(outcome.records),
        "repairs": [_placed(one) for one in outcome.repairs],
        "warnings": [_placed(one) for one in outcome.warnings],
        "reach": outcome.reach.as_json() if outcome.reach else {},
    }
    request.session[KEPT] = kept
    return key


def _placed(sentence: str) -> tuple[str, str]:
    """(JSON path, sentence) of what is told with its place before it."""
    path, colon, rest = sentence.partition(": ")
    return (path, rest) if colon and " " not in path else ("", sentence)


def _groups(records: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Bubbles under the plural of their type, accounts first: they are what comes next."""
    order = ("connected_account", "connected_service", "bot", "behavior", "webhook_listener")
    types = [*(key for key in order if key in records), *sorted(set(records) - set(order))]
    return [
        {
            "type": key,
            "title": record_types[key].plural if key in record_types else key,
            "records": [
                {"id": one["id"], "label": one["label"], "verb": one.get("verb", "")}
                for one in records[key].values()
            ],
        }
        for key in types
        if records[key]
    ]


def _echo(text: str | bytes) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return shown if len(shown) <= ECHO_LIMIT else ""


def _from_library(name: str) -> str:
    if name not in {package.name for package in app().library()}:
        return ""
    return str(app().library_package(name))
