"""What a package kept as data, written into another package: its sections and its records.

Kept data holds ids where the original had ``{{{uid.…}}}``. Only the original text knows which number
is an id of what, so it is written again from there, with the uids or prompts that the record has in
the new package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from factotum.core.ports import Store
from factotum.core.values import Record, Ref
from factotum.packages.document import SECTIONS
from factotum.packages.kept import kept_package
from factotum.packages.references import References
from factotum.packages.sections import in_sections
from factotum.packages.templates import uids_named

_UID = re.compile(r"\{\{\{\s*uid\.(\w+)\s*\}\}\}")
_NAME = re.compile(r"\w+")
_TEMPLATE = re.compile(r"\{\{\{.*?\}\}\}|\{\{%.*?%\}\}", re.DOTALL)


class Originals:
    """The packages that exported records came from."""

    def __init__(
        self, origins: Mapping[Ref, Sequence[tuple[str, str]]], store: Store, references: References
    ) -> None:
        self._origins = origins
        self._store = store
        self._references = references
        names = dict.fromkeys(name for pairs in origins.values() for name, _ in pairs)
        found = {name: kept_package(name, store) for name in names}
        self._documents = {name: record["document"] for name, record in found.items() if record}
        self._inside = {name: in_sections(doc) for name, doc in self._documents.items()}

    def is_in_a_section(self, record: Record) -> bool:
        """Whether it is exported with its whole section already."""
        pairs = self._origins.get(record.ref, ())
        return any(uid in self._inside.get(name, ()) for name, uid in pairs)

    def sections(self) -> dict[str, Any]:
        """Every section that is not used yet, with the prompts it needs noted."""
        sections: dict[str, Any] = {}
        for name, document in self._documents.items():
            own = {
                section: self._rewritten(content, name)
                for section, content in document.items()
                if section not in (*SECTIONS, "package")
            }
            sections = own | sections
            self._ask_again(document, own)
        return sections

    def document(self, record: Record) -> Any:
        """A kept record's values, with the uids of what they point at."""
        written = self._references.written(record["document"])
        for name, uid in self._origins.get(record.ref, ()):
            for entry in self._documents.get(name, {}).get("records") or ():
                if isinstance(entry, Mapping) and entry.get("uid") == uid:
                    return self._with_uids(written, entry, name)
        return written

    def _with_uids(self, value: Any, original: Any, name: str) -> Any:
        """The value, and the original's text in each place where that names a uid."""
        if isinstance(value, Mapping) and isinstance(original, Mapping):
            by_key = {key: original.get(key) for key in value}
            return {key: self._with_uids(each, by_key[key], name) for key, each in value.items()}
        if isinstance(value, list) and isinstance(original, list) and len(value) == len(original):
            pairs = zip(value, original, strict=True)
            return [self._with_uids(each, before, name) for each, before in pairs]
        if isinstance(original, str) and _only_uids(original):
            return self._rewritten(original, name)
        return value

    def _rewritten(self, value: Any, name: str) -> Any:
        if isinstance(value, Mapping):
            return {self._rewritten(k, name): self._rewritten(v, name) for k, v in value.items()}
        if isinstance(value, list):
            return [self._rewritten(each, name) for each in value]
        if not isinstance(value, str):
            return value
        return _UID.sub(lambda match: self._pointer(match, name), value)

    def _pointer(self, match: re.Match[str], name: str) -> str:
        if match[1] in self._inside[name]:
            return match[0]
        ref = self._store.origin(name, match[1])
        return self._references.pointer(ref) if ref and self._store.get(ref) else "0"

    def _ask_again(self, document: Mapping[str, Any], sections: Mapping[str, Any]) -> None:
        """The original's prompts and placeholders that the sections name are asked for again."""
        header = document.get("package") or {}
        configure = header.get("configure") or {} if isinstance(header, Mapping) else {}
        named = {word for text in _texts(sections) for word in _words(text)}
        for target, key in ((self._references.prompts, "prompts"),
                            (self._references.placeholders, "placeholders")):  # fmt: skip
            for each in configure.get(key) or ():
                if each["key"] in named:
                    target.setdefault(each["key"], dict(each))


def _only_uids(text: str) -> bool:
    """Whether the text has templates, and they are plain uids."""
    return bool(uids_named(text)) and "{{{" not in _UID.sub("", text) and "{{%" not in text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _words(text: str) -> Iterator[str]:
    for template in _TEMPLATE.findall(text):
        yield from _NAME.findall(template)
