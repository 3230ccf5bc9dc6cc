"""What our templates need beyond Django's own tags."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from math import ceil
from typing import Any
from urllib.parse import parse_qsl

import nh3
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from factotum.auth.scheme import schemes
from factotum.bots.actions.action_type import action_for
from factotum.bots.triggers.lookup import trigger_for
from factotum.core.http import media_type
from factotum.runs.budgets.money import dollars
from factotum.runs.run import Run
from factotum.usecases.run_cost import Cost, cost_of_run
from factotum.usecases.run_view import RunView, refusing_status
from factotum.web.pages import run_words

register = template.Library()

ICONS = {
    "app": "globe",
    "behavior": "tree",
    "bot": "bot",
    "connected_account": "link",
    "connected_service": "globe",
    "run": "run",
    "webhook_listener": "hook",
    "worker": "person",
}
"""Record type → icon; others get the list's."""


FORM = "application/x-www-form-urlencoded"

CALLS = {
    "call.page": "A request by hand",
    "call.api": "A request through the API",
    "call.cli": "A request from the command line",
}
"""What starts a run that is no behavior's → its name."""


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: the text beside it says it."""
    return _icon(name, extra)


@cache
def _icon(name: str, extra: str) -> SafeString:
    """Made once: a page shows dozens, and templates name only so many."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("factotum/icons.svg"),
        name,
    )


@register.filter
def icon_of(record_type: str) -> str:
    """The icon's name for a record type."""
    return ICONS.get(record_type, "list")


@register.simple_tag
def moment(value: Any, form: str = "short") -> SafeString:
    """A time in the person's zone, the exact one on hover; "never" where there is none.

    ``value`` is a datetime or seconds since 1970; ``form`` is short, exact (to the second; what is to
    come is rounded up, for it is not there before), time, relative or on ("today", "on 3 May").
    """
    when = as_datetime(value)
    if when is None:
        return mark_safe('<span class="unset">never</span>')
    if form == "exact" and when > timezone.now():
        when = datetime.fromtimestamp(ceil(when.timestamp()), UTC)
    local = timezone.localtime(when)
    exact = local.strftime("%Y-%m-%d %H:%M:%S %Z")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        when.isoformat(timespec="seconds"),
        exact,
        _told(local, form),
    )


def _told(local: datetime, form: str) -> str:
    if form == "relative":
        return relative(local)
    if form == "time":
        return f"{local:%H:%M:%S}"
    day = _day(local)
    if form == "on":
        return day if day == "today" else f"on {day}"
    if form == "exact":
        return f"{'' if day == 'today' else f'{day}, '}{local:%H:%M:%S}"
    return f"{day}, {local:%H:%M}"


def as_datetime(value: Any) -> datetime | None:
    """A datetime with a zone from a datetime or from seconds since 1970; None for empty or 0."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        seconds = float(value or 0)
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _day(local: datetime) -> str:
    now = timezone.localtime()
    if local.date() == now.date():
        return "today"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def relative(when: datetime) -> str:
    """``2 minutes ago``, ``in 3 hours``, ``just now``."""
    seconds = (timezone.now() - when).total_seconds()
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = _whole(seconds, size)
        if count:
            amount = f"{count} {name}{'s' if count > 1 else ''}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return "just now" if seconds >= 0 else "in a moment"


def _whole(seconds: float, size: int) -> int:
    """How many of them; what is to come is rounded, as 2 hours 59 minutes are 3 hours to wait."""
    if seconds >= 0:
        return int(seconds // size)
    return round(-seconds / size) if -seconds >= size - 30 else 0


@register.filter
def price(view: RunView) -> Cost | None:
    """What a run's requests cost, or would; None where no price is known."""
    return cost_of_run(view.run, view.steps)


@register.filter
def line_cost(run: Run) -> str:
    """What a run in a list has cost, or would at most; "" where no price is known."""
    cost = "" if run.cost is None else dollars(run.cost)
    return f"≤ {cost}" if cost and run.driver == "simulated" else cost


@register.filter
def happened_to(run: Run) -> str:
    """Tries and takeovers of a run in a list."""
    return run_words.happened_to(run)


@register.filter
def as_json(value: Any) -> str:
    """Readable JSON for folded data; a text stays itself."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})


@register.filter
def formatted(text: Any, form: str) -> SafeString:
    """What a bot says in ``markdown`` or ``html``, with everything active taken out."""
    html = MARKDOWN.render(str(text)) if form == "markdown" else str(text)
    return mark_safe(nh3.clean(html))  # noqa: S308  # nh3 has just cleaned it


@register.filter
def strip(text: Any) -> str:
    """Without white space around it."""
    return str(text or "").strip()


@register.filter
def trigger_label(key: Any) -> str:
    """What started a run, for a person."""
    trigger = trigger_for(str(key or ""))
    return trigger.label if trigger else CALLS.get(str(key), str(key or ""))


@register.filter
def refused_with(run: Any) -> int:
    """The status that a request by hand was refused with; 0 for what else a run may be."""
    return refusing_status(run) if isinstance(run, Run) else 0


@register.filter
def slug(key: Any) -> str:
    """A key as an element's id: an effect's has colons, dots and number signs."""
    return "e-" + re.sub(r"[^0-9A-Za-z]", "-", str(key))


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or None."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.filter
def initial(text: Any) -> str:
    """The first letter of a name, for its face."""
    letters = [letter for letter in str(text or "") if letter.isalnum()]
    return letters[0] if letters else "?"


@register.filter
def duration(ms: Any) -> str:
    """``0.4 ms``, ``12 ms``, ``3.2 s``, ``2 min 5 s``."""
    value = float(ms or 0)
    if value < 10:
        return f"{value:.1f} ms"
    if value < 1000:
        return f"{value:.0f} ms"
    if value < 60_000:
        return f"{value / 1000:.1f} s"
    return f"{value // 60_000:.0f} min {value % 60_000 / 1000:.0f} s"


@register.inclusion_tag("parts/bubble.html")
def bubble(type: str, id: Any, label: str) -> dict[str, Any]:
    """A record by its name; opens its card in place."""
    return {"type": type, "id": id, "label": label or f"{type} {id}", "icon_name": icon_of(type)}


@register.filter
def scheme_label(extension_id: Any) -> str:
    """A scheme's name for a person; the id itself where it is unknown."""
    return schemes[extension_id].label if extension_id in schemes else str(extension_id or "")


@register.filter
def action_labels(keys: Any) -> list[str]:
    """The names of actions for a person, each once."""
    found = [(key, action_for(str(key))) for key in keys or ()]
    return list(dict.fromkeys(action.label if action else str(key) for key, action in found))


@register.filter
def pretty(body: Any) -> str:
    """A body indented where it is JSON, else as it is."""
    if not isinstance(body, str):
        return as_json(body)
    try:
        return as_json(json.loads(body))
    except ValueError:
        return body


@register.filter
def sent(request: Any) -> str:
    """A request's body to read: a form's fields a line each, JSON indented, whatever it is called."""
    body = str(request.get("body") or "")
    headers = {name.lower(): value for name, value in (request.get("headers") or {}).items()}
    kind = media_type(str(headers.get("content-type", FORM)))
    is_form = kind == FORM and body.lstrip()[:1] not in {"{", "["}
    fields = parse_qsl(body, keep_blank_values=True) if is_form else []
    return "\n".join(f"{name}: {value}" for name, value in fields) or pretty(body)


@register.filter
def took(run: Any) -> str:
    """How long a run took; "" while it runs."""
    return duration((run.ended_at - run.started_at) * 1000) if run.ended_at else ""


@register.filter
def as_curl(request: Any) -> str:
    """The request as a command for a shell; what was masked stays masked."""
    words = ["curl", "-X", str(request.get("method", "GET"))]
    for name, value in (request.get("headers") or {}).items():
        words += ["-H", f"{name}: {value}"]
    if request.get("body"):
        words += ["--data-raw", str(request["body"])]
    return shlex.join([*words, str(request.get("url", ""))])
