"""Reading an object of the document key by key, so that every fault is found at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from factotum.core.errors import Fault
from factotum.packages.decoding import join
from factotum.packages.spelling import closest

_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def kind_of(value: Any) -> str:
    """``an object``, ``a list``, ``a text`` … as a person calls a JSON value."""
    return _KINDS.get(type(value), "something else")


_ID = re.compile(r"[1-9][0-9]{0,17}\Z")


class Part:
    """One object of the document and where it stands; what is wrong is added to ``faults``.

    An empty list stands for an empty object and the other way round, as the programs that write
    packages do; null stands for a key that is missing.
    """

    def __init__(self, values: Mapping[str, Any], path: str, faults: list[Fault]) -> None:
        self.values = values
        self.path = path
        self.faults = faults

    def place(self, key: str) -> str:
        """The JSON path of one key."""
        return join(self.path, key)

    def fault(self, code: str, key: str, sentence: str, hint: str = "") -> None:
        """Note one fault at a key."""
        self.faults.append(Fault(code, self.place(key), sentence, hint, self.name))

    @property
    def name(self) -> str:
        """What this object calls itself, for a person who reads a fault."""
        found = (self.values.get(key) for key in ("uid", "name", "title", "key"))
        return next((each for each in found if isinstance(each, str) and each), "")

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """The text under a key; a number is taken as its digits."""
        value = self.values.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            if required:
                self._missing(key)
            return default
        if not isinstance(value, str):
            self._wrong(key, "a text", value)
            return default
        return value

    def object(self, key: str, *, required: bool = False) -> Part:
        """The object under a key, empty where it is missing."""
        value = self.values.get(key)
        if value is None and required:
            self._missing(key)
        if value is None or value == []:
            value = {}
        if not isinstance(value, dict):
            self._wrong(key, "an object", value)
            value = {}
        return Part(value, self.place(key), self.faults)

    def array(self, key: str, *, required: bool = False) -> list[Any]:
        """The list under a key, empty where it is missing."""
        value = self.values.get(key)
        if value is None and required:
            self._missing(key)
        if value is None or value == {}:
            return []
        if not isinstance(value, list):
            self._wrong(key, "a list", value)
            return []
        return value

    def objects(self, key: str) -> list[Part]:
        """The objects of the list under a key; what is no object is a fault and left out."""
        parts = []
        for index, value in enumerate(self.array(key)):
            path = join(self.place(key), index)
            if isinstance(value, dict):
                parts.append(Part(value, path, self.faults))
            else:
                sentence = f"This must be an object, not {kind_of(value)}."
                self.faults.append(Fault("wrong-type", path, sentence))
        return parts

    def unknown(self, known: Iterable[str]) -> list[str]:
        """Keys that are none of these."""
        known = set(known)
        return [key for key in self.values if key not in known]

    def _missing(self, key: str) -> None:
        near = closest(key, self.values)
        add = f"Add {key!r}." if self.path else f'Add {key!r}: a package begins with {{"{key}": …'
        hint = f"Rename {near!r} to {key!r}." if near else add
        self.fault("missing-key", key, f"{key!r} is missing.", hint)

    def _wrong(self, key: str, expected: str, value: Any) -> None:
        self.fault("wrong-type", key, f"{key!r} must be {expected}, not {kind_of(value)}.")


def is_id(text: object) -> bool:
    """Whether this is written like a record's id, of a size that a database can hold."""
    return _ID.match(str(text)) is not None
