"""Forms drawn from field declarations, and what was typed read back. Secrets go in, never out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone

from factotum.core.fields import Choice, Field, Link

AREAS = frozenset({"longtext", "lines", "json", "longsecret"})
CODE = frozenset({"url", "json", "longsecret", "secret", "lines"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field as it stands on the page. ``value`` is text; for a secret it is always "".

    ``empty`` is what a choice of nothing is called.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    help: str = ""
    placeholder: str = ""
    error: str = ""
    required: bool = False
    options: Sequence[tuple[str, str]] = ()
    empty: str = ""
    set_at: float | None = None
    is_checked: bool = False
    is_multiple: bool = False
    chosen: frozenset[str] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        """The id its label points at."""
        return f"field-{self.name}"

    @property
    def is_area(self) -> bool:
        """Whether it has several lines."""
        return self.kind in AREAS

    @property
    def is_secret(self) -> bool:
        """Whether what is typed is hidden."""
        return self.kind in {"secret", "longsecret"}

    @property
    def must_be_typed(self) -> bool:
        """Whether it may not be left as it stands empty: a secret that is set may."""
        return self.required and not self.set_at

    @property
    def is_code(self) -> bool:
        """Whether it is easier to read in a fixed width."""
        return self.kind in CODE

    @property
    def described_by(self) -> str:
        """The ids of its hint and its fault, for ``aria-describedby``."""
        hints = [f"{self.id}-hint"] if self.help or self.set_at else []
        return " ".join([*hints, f"{self.id}-fault"])

    def with_error(self, error: str) -> Input:
        """The same field with its fault beside it."""
        return replace(self, error=error)


def draw(
    declared: Field,
    values: Mapping[str, Any],
    *,
    prefix: str = "",
    errors: Mapping[str, str] | None = None,
    set_at: Mapping[str, float] | None = None,
    options: Sequence[tuple[str, str]] = (),
) -> Input:
    """One declared field as an Input, with its value, its fault and when its secret was set."""
    value = values.get(declared.key, declared.default)
    return Input(
        name=f"{prefix}{declared.key}",
        label=declared.label,
        kind=declared.kind,
        value="" if declared.is_secret else as_text(declared, value),
        help=declared.help,
        placeholder=declared.placeholder,
        error=(errors or {}).get(declared.key, ""),
        required=declared.required or _always_has_one(declared),
        options=_options(declared, options),
        empty=declared.options.get("", "") if isinstance(declared, Choice) else "",
        set_at=(set_at or {}).get(declared.key) if declared.is_secret else None,
        is_checked=declared.kind == "flag" and str(value).lower() in {"1", "true"},
    )


def _always_has_one(declared: Field) -> bool:
    """Whether there is a choice that stands for "nothing chosen": then nobody has to."""
    return (
        isinstance(declared, Choice)
        and declared.default in declared.options
        and bool(declared.default)
    )


def _options(declared: Field, offered: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    if isinstance(declared, Choice):
        return tuple(declared.options.items())
    return offered if isinstance(declared, Link) else ()


def as_text(declared: Field, value: Any) -> str:
    """A stored value as it is typed: lists a line each, structures as JSON, times to the minute."""
    if value is None or value == "":
        return ""
    if declared.kind == "lines" and not isinstance(value, str):
        return "\n".join(map(str, value))
    if declared.kind == "json" and not isinstance(value, str):  # else as it was typed
        return json.dumps(value, indent=2, ensure_ascii=False)
    if declared.kind == "moment":
        return _moment_text(value)
    return str(value)


def _moment_text(value: Any) -> str:
    try:
        at = datetime.fromtimestamp(int(value), timezone.get_current_timezone())
    except (TypeError, ValueError, OverflowError):
        return ""
    return at.strftime("%Y-%m-%dT%H:%M") if int(value) else ""


def read(
    fields: Iterable[Field], posted: QueryDict, *, prefix: str = ""
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """What was typed: (values to show, secrets to seal, faults of what cannot be read).

    An empty secret is left out: it keeps what is sealed.
    """
    values: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    faults: dict[str, str] = {}
    for declared in fields:
        typed = posted.get(f"{prefix}{declared.key}", "")
        if declared.is_secret:
            secrets.update({declared.key: typed.strip()} if typed.strip() else {})
            continue
        try:
            values[declared.key] = as_value(declared, typed)
        except ValueError as why:
            values[declared.key], faults[declared.key] = typed, str(why)
    return values, secrets, faults


def as_value(declared: Field, typed: str) -> Any:
    """Typed text as the value that is stored; ValueError with a sentence where it cannot be."""
    kind = declared.kind
    if kind == "flag":
        return bool(typed)
    if kind == "lines":
        return [line.strip() for line in typed.splitlines() if line.strip()]
    if kind == "json":
        return _json(declared, typed)
    if kind == "moment":
        return _moment(declared, typed)
    if kind in {"number", "link"} and typed.strip():
        return _whole(declared, typed)
    return typed if declared.kind in AREAS else typed.strip()


def _json(declared: Field, typed: str) -> Any:
    try:
        return json.loads(typed) if typed.strip() else declared.default or {}
    except ValueError as why:
        raise ValueError(f"{declared.label} is not JSON: {why}.") from None


def _whole(declared: Field, typed: str) -> int:
    try:
        return int(typed)
    except ValueError:
        raise ValueError(f"{declared.label} must be a whole number.") from None


def _moment(declared: Field, typed: str) -> int:
    if not typed.strip():
        return 0
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        raise ValueError(f"{declared.label} must be a date and time.") from None
    zone = timezone.get_current_timezone()
    return int(local.replace(tzinfo=zone if isinstance(zone, ZoneInfo) else None).timestamp())
