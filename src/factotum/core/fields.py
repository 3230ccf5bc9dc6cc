"""Fields, declared once: the form, the checks, the API's schema, masking and docs follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One named value of a record, a scheme or an action. ``key`` is a file format: keep it."""

    kind: ClassVar[str] = "text"
    is_secret: ClassVar[bool] = False

    key: str
    label: str
    required: bool = False
    default: Any = ""
    placeholder: str = ""
    help: str = ""

    def fault(self, value: Any) -> str:
        """Why this value cannot stand here, as a sentence, or ``""``. ``None`` and "" are empty."""
        if value is None or value == "":
            return f"{self.label} is missing." if self.required else ""
        return self._fault(value)

    def _fault(self, value: Any) -> str:
        return "" if isinstance(value, str | int | float) else f"{self.label} must be a text."

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema, for the API's description."""
        schema: dict[str, Any] = {"type": "string", "title": self.label}
        if self.help:
            schema["description"] = self.help
        if self.is_secret:
            schema["writeOnly"] = True
        return schema


class Text(Field):
    """A line of text."""


class LongText(Field):
    """Text of several lines."""

    kind: ClassVar[str] = "longtext"


class Secret(Field):
    """A text that is sealed when stored and never shown again."""

    kind: ClassVar[str] = "secret"
    is_secret: ClassVar[bool] = True


class LongSecret(Secret):
    """A secret of several lines, such as a private key in PEM."""

    kind: ClassVar[str] = "longsecret"


class Url(Field):
    """An absolute http or https address."""

    kind: ClassVar[str] = "url"

    def _fault(self, value: Any) -> str:
        try:
            parts = urlsplit(value)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except (ValueError, AttributeError, TypeError):
            good = False
        if good:
            return ""
        return f"{self.label} must be an address such as https://api.example.com/."


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A whole number, from ``least`` to ``most`` where they are given."""

    kind: ClassVar[str] = "number"

    least: int | None = None
    most: int | None = None

    def _fault(self, value: Any) -> str:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            return f"{self.label} must be a whole number."
        if self.least is not None and number < self.least:
            return f"{self.label} must be {self._bounds}."
        if self.most is not None and number > self.most:
            return f"{self.label} must be {self._bounds}."
        return ""

    @property
    def _bounds(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        return f"{self.most} or less" if self.least is None else f"from {self.least} to {self.most}"

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        bounds = {"minimum": self.least, "maximum": self.most}
        given = {key: bound for key, bound in bounds.items() if bound is not None}
        return {**Field.schema(self), "type": "integer", **given}


class Flag(Field):
    """Yes or no."""

    kind: ClassVar[str] = "flag"

    def _fault(self, value: Any) -> str:
        if value in (True, False, 0, 1, "0", "1"):
            return ""
        return f"{self.label} must be true or false."

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "type": "boolean"}


class Lines(Field):
    """A list of texts, a line each."""

    kind: ClassVar[str] = "lines"

    def _fault(self, value: Any) -> str:
        if isinstance(value, str) or (
            isinstance(value, list | tuple) and all(isinstance(line, str) for line in value)
        ):
            return ""
        return f"{self.label} must be a list of texts."

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "type": "array", "items": {"type": "string"}}


class Json(Field):
    """Structured data: an object or a list."""

    kind: ClassVar[str] = "json"

    def _fault(self, value: Any) -> str:
        if isinstance(value, dict | list | tuple):
            return ""
        return f"{self.label} must be an object or a list."

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "type": ["object", "array"]}


class Moment(Field):
    """A point in time, as seconds since 1970-01-01 UTC."""

    kind: ClassVar[str] = "moment"

    def _fault(self, value: Any) -> str:
        try:
            int(value)
        except (TypeError, ValueError, OverflowError):
            return f"{self.label} must be a time in seconds since 1970."
        return ""

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "type": "integer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few values; ``options`` maps what is stored to what is shown."""

    kind: ClassVar[str] = "choice"

    options: Mapping[str, str]

    def _fault(self, value: Any) -> str:
        if str(value) in self.options:
            return ""
        return f"{self.label} must be one of {', '.join(map(repr, self.options))}."

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "enum": list(self.options)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Field):
    """The id of a record of another type (``to`` is that type's key)."""

    kind: ClassVar[str] = "link"

    to: str

    def _fault(self, value: Any) -> str:
        try:
            int(value)
        except (TypeError, ValueError, OverflowError):
            return f"{self.label} must be the id of a {self.to}."
        return ""

    def schema(self) -> dict[str, Any]:
        """This field as JSON Schema."""
        return {**Field.schema(self), "type": "integer"}


class Fields:
    """The fields of one thing, in their order."""

    def __init__(self, *fields: Field) -> None:
        self._by_key = {field.key: field for field in fields}

    def __iter__(self) -> Iterator[Field]:
        return iter(self._by_key.values())

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Field:
        return self._by_key[key]

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Key → sentence for every value that cannot stand; empty where all is well."""
        found = {field.key: field.fault(values.get(field.key)) for field in self}
        return {key: sentence for key, sentence in found.items() if sentence}

    @property
    def secret_keys(self) -> frozenset[str]:
        """The keys whose values are sealed and never shown."""
        return frozenset(field.key for field in self if field.is_secret)

    def split(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """(what may be shown, what is sealed); a key that is not declared may be shown."""
        secret = self.secret_keys
        public = {key: value for key, value in values.items() if key not in secret}
        sealed = {key: str(value) for key, value in values.items() if key in secret and value}
        return public, sealed

    def schema(self) -> dict[str, Any]:
        """All fields as one JSON Schema object."""
        return {
            "type": "object",
            "properties": {field.key: field.schema() for field in self},
            "required": [field.key for field in self if field.required],
        }
