"""The prompt that asks for existing records."""

from __future__ import annotations

from typing import Any

from factotum.core.values import Record
from factotum.packages.choosers import Chooser, prefixed, readable
from factotum.packages.prompts import Choice, Prompt, bare
from factotum.packages.shape import Part
from factotum.packages.spelling import did_you_mean
from factotum.records.not_kept import known_record_type
from factotum.records.record_type import RecordType, named, record_types


class ChooserPrompt(Prompt):
    """An existing record that the worker may use, or several where not ``single``."""

    type = "chooser"

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        context = self.params.text("context", required=True)
        self.record_type: type[RecordType] | None = named(context)
        self.kind = "" if self.record_type else known_record_type(context)
        if self.kind:
            self.record_type = record_types["custom"]
        self.is_single = bool(self.params.values.get("single"))
        if context and self.record_type is None:
            sentence = f"There is no record type {context!r}."
            self.params.fault(
                "unknown-record-type", "context", sentence, did_you_mean(context, record_types)
            )

    def error(self, answer: Any, chooser: Chooser) -> str:
        """Every chosen record exists and may be used."""
        picked = self._picked(answer)
        if not picked:
            return f"Choose {bare(self.label)}."
        if self.is_single and len(picked) > 1:
            return "Choose one."
        missing = next((each for each in picked if self._get(each, chooser) is None), None)
        if missing is None:
            return ""
        label = self.kind or (self.record_type.label.lower() if self.record_type else "record")
        return f"There is no {label} {missing!r} that you may use."

    def value(self, answer: Any, chooser: Chooser) -> Any:
        """The id as a text, or a list of ids."""
        found = [self._get(each, chooser) for each in self._picked(answer)]
        ids = [str(record.id) for record in found if record]
        return ids[0] if self.is_single else ids

    def names(self, answer: Any, chooser: Chooser) -> dict[str, Any]:
        """The id and, for ``single`` and a key in ``_id``, what the record says of itself."""
        names = super().names(answer, chooser)
        record = self._get(names[self.key], chooser) if self.is_single else None
        if record and self.key.endswith("_id"):
            names.update(prefixed(readable(record, chooser.store), self.key))
        return names

    def choices(self, chooser: Chooser) -> tuple[Choice, ...]:
        """The records that the prompt's query leaves."""
        if self.record_type is None:
            return ()
        offered = chooser.offered(self.record_type, self.params.text("query"), self.kind)
        return tuple(Choice(str(record.id), record.label) for record in offered)

    def example(self) -> dict[str, Any]:
        """An id; any name that begins as the chosen record's do is taken as known."""
        return {self.key: "1" if self.is_single else ["1"]}

    @property
    def stem(self) -> str:
        """How the names begin under which templates read the chosen record."""
        return self.key.removesuffix("id") if self.is_single and self.key.endswith("_id") else ""

    def _get(self, name: object, chooser: Chooser) -> Record | None:
        record = chooser.get(self.record_type, name) if self.record_type else None
        return record if record is None or record.get("kind", "") == self.kind else None

    def _picked(self, answer: Any) -> list[str]:
        picked = answer if isinstance(answer, list) else [answer]
        return [str(each) for each in picked if each not in (None, "", 0)]
