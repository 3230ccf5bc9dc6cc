"""Filling a package's own templates: ``{{{ value }}}``, ``{{% statement %}}``, ``{{# comment #}}``.

Each text and each key that contains one of the three is rendered once; what comes out is never
rendered again, and ``{{ }}``, ``{% %}`` are left for run time. A template gives the same text each
time it is filled with the same values in one import, also where it asks for randomness.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from factotum.core.errors import Fault, ScriptFault
from factotum.core.values import Moment
from factotum.packages.decoding import join
from factotum.packages.repairs import Repair, UidRef, bare_uid, several_ids
from factotum.packages.spelling import closest, did_you_mean
from factotum.scripting import PACKAGE, Scripts

_SCRIPTS = Scripts(syntax=PACKAGE)
_SCRIPT_PART = re.compile(r"\{\{\{(.*?)\}\}\}|\{\{%(.*?)%\}\}", re.DOTALL)
_UID = re.compile(r"""(?<![\w.'"|])uid\s*(?:\.\s*(\w+)|\[\s*(['"])(.*?)\2\s*\])""")
_MINDS_NOTHING = re.compile(r"\|\s*default\b|\?\?|\?:|\bis\s+(not\s+)?(defined|empty|null)\b")
_ONLY_A_NAME = re.compile(r"\s*\{\{\{\s*(\w+)\s*\}\}\}\s*\Z")
_OPENING = re.compile(r"\{\{[{%#]")


def is_template(text: str) -> bool:
    """Whether a text or a key has something to fill in."""
    return _OPENING.search(text) is not None


def uids_named(text: str) -> list[str]:
    """The uids that a template names: ``{{{uid.service_twitter}}}`` → ``["service_twitter"]``."""
    parts = (match[1] or match[2] or "" for match in _SCRIPT_PART.finditer(text))
    return [match[1] or match[3] for part in parts for match in _UID.finditer(part)]


def literal(text: str) -> str:
    """The text written so that filling it gives exactly this text.

    >>> literal("plain"), literal("{{{x}}}")
    ('plain', "{{{'{{{'}}}x}}}")
    """
    return _OPENING.sub(lambda opening: "{{{'" + opening[0] + "'}}}", text)


class Names(Mapping[str, Any]):
    """What templates can read, and a note of what one did read that calls for a word.

    Looked up in this order: prompts and placeholders, ``uid`` and ``default``, bare uids.
    """

    def __init__(self, given: Mapping[str, Any], default: Mapping[str, Any]) -> None:
        self.given = given
        self.default = default
        self.ids: dict[str, int | str] = {}
        self.bare: list[str] = []
        self.nothing: list[str] = []

    def __getitem__(self, name: str) -> Any:
        if name in self.given:
            return self.given[name]
        if name == "uid":
            return self.ids
        if name == "default":
            return self.default
        if name in self.ids:
            self.bare.append(name)
            return self.ids[name]
        self.nothing.append(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self.given or name in self.ids or name in ("uid", "default")

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys((*self.given, "uid", "default", *self.ids))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def forget(self) -> None:
        """Begin the next template."""
        self.bare.clear()
        self.nothing.clear()


class Filling:
    """One pass over parts of a document; faults, repairs and warnings are collected.

    ``moment`` is the import's: every template of an import sees the same clock.
    """

    def __init__(self, names: Names, moment: Moment) -> None:
        self.names = names
        self.moment = moment
        self.faults: list[Fault] = []
        self.repairs: list[Repair] = []
        self.warnings: list[str] = []
        self.asked: list[str] = []
        """The paths of templates that read a prompt or a placeholder."""
        self.mentioned: set[str] = set()
        """The uids that were filled in; emptied by whoever wants to know."""

    def fill(self, value: Any, path: str) -> Any:
        """The value with every template in it filled, keys as well."""
        if isinstance(value, str):
            return self._text(value, path) if is_template(value) else value
        if isinstance(value, UidRef):
            self.mentioned.add(value.uid)
            return str(self.names.ids.get(value.uid, ""))
        if isinstance(value, Mapping):
            return {
                self.fill(key, join(path, key)): self.fill(item, join(path, key))
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.fill(item, join(path, index)) for index, item in enumerate(value)]
        return value

    def _text(self, text: str, path: str) -> str:
        several = self._several(text, path)
        if several is not None:
            return several
        self.names.forget()
        if self._asks(text):
            self.asked.append(path)
        try:
            filled = _SCRIPTS.render(text, self.names, now=self.moment.at, seed=self._seed(path))
        except ScriptFault as fault:
            hint = "Mend the template between {{{ and }}}."
            self.faults.append(Fault("template-fault", path, fault.sentence, hint))
            return ""
        self._check_uids(text, path)
        self.repairs += [bare_uid(path, name) for name in dict.fromkeys(self.names.bare)]
        if not _MINDS_NOTHING.search(text):
            nothing = dict.fromkeys(self.names.nothing)
            self.warnings += [self._nothing(path, name) for name in nothing]
        return filled

    def _several(self, text: str, path: str) -> str | None:
        """What was chosen where several may be, and the text is nothing but its name.

        A chooser without ``single`` gives a list; the ids themselves are what is meant then.
        """
        match = _ONLY_A_NAME.match(text)
        chosen = self.names.given.get(match[1]) if match else None
        if match is None or not isinstance(chosen, list):
            return None
        self.asked.append(path)
        self.repairs.append(several_ids(path, match[1]))
        return ",".join(map(str, chosen))

    def _asks(self, text: str) -> bool:
        try:
            return any(name in self.names.given for name in _SCRIPTS.names(text))
        except ScriptFault:
            return False

    def _seed(self, path: str) -> int:
        """Another one for each place, the same one when the place is filled again."""
        digest = hashlib.sha256(f"{self.moment.seed}:{path}".encode()).digest()
        return int.from_bytes(digest)

    def _check_uids(self, text: str, path: str) -> None:
        self.mentioned.update(self.names.bare)
        for uid in uids_named(text):
            self.mentioned.add(uid)
            if uid not in self.names.ids:
                sentence = f"Nothing in this package has the uid {uid!r}."
                hint = did_you_mean(uid, self.names.ids) or "Add a record with that uid."
                self.faults.append(Fault("unknown-uid", path, sentence, hint))

    def _nothing(self, path: str, name: str) -> str:
        near = closest(name, (key for key in self.names if key != name))
        meant = f" Did you mean {near!r}?" if near else ""
        return f"{path}: there is no {name!r}; it is filled with nothing.{meant}"
