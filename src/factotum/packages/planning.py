"""From a document and its answers to a plan: everything is worked out and checked, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factotum.core.errors import BadInput, BadPackage, Fault
from factotum.core.ports import Query, Term
from factotum.core.values import Ref
from factotum.packages.behaviors import node_findings
from factotum.packages.built import Built, built, faults_of, filled
from factotum.packages.checks import Checks, duplicate_uids
from factotum.packages.desk import Desk
from factotum.packages.document import Document
from factotum.packages.drafts import CUSTOM_RECORD, Draft, Drafts, drafts_of
from factotum.packages.entry import Entry
from factotum.packages.nodes import attachments, missing_behaviors
from factotum.packages.ordering import in_order
from factotum.packages.plan import FIRST_STAND_IN, OnExisting, Plan, Step, Verb
from factotum.packages.providers import SERVICE
from factotum.packages.reach import reach_of
from factotum.packages.requires import plugin_findings, version_faults
from factotum.packages.sections import KEPT_SECTIONS
from factotum.packages.templates import Filling, Names, is_template
from factotum.records.ownership import may_edit

_DECLARED = 1000
_FALSE = ("", "0", "false", "none", "null")


def make_plan(
    document: Document, given: Mapping[str, Any], desk: Desk, on_existing: OnExisting = "update"
) -> Plan:
    """The plan for these prompt answers and placeholders; BadPackage names every fault."""
    planning = _Planning(document, given, desk, on_existing)
    plan = planning.plan()
    if planning.faults:
        raise BadPackage(planning.faults)
    return plan


def look_ahead(
    document: Document, examples: Mapping[str, Any], desk: Desk
) -> tuple[Plan, list[Fault]]:
    """The plan with examples for answers, and what is wrong whatever the answers will be."""
    planning = _Planning(document, examples, desk, "update", is_tentative=True)
    plan = planning.plan()
    return plan, [fault for fault in planning.faults if not planning.hangs_on_answers(fault)]


class _Planning:
    """One pass from a document to its plan."""

    def __init__(
        self,
        document: Document,
        given: Mapping[str, Any],
        desk: Desk,
        on_existing: OnExisting,
        *,
        is_tentative: bool = False,
    ) -> None:
        self.document = document
        self.desk = desk
        self.on_existing = on_existing
        self.is_tentative = is_tentative
        self.filling = Filling(Names(given, desk.default), desk.moment)
        self.refs: dict[str, Ref] = {}
        self.coming: dict[int, str] = {}
        self._faults: list[Fault] = []

    @property
    def faults(self) -> list[Fault]:
        """Every fault found, each once, as the document has them."""
        return list(dict.fromkeys(self._faults + self.filling.faults))

    def plan(self) -> Plan:
        """The plan, as far as it can be made; look at ``faults``."""
        self._faults += version_faults(self.document.cerb_version)
        plugin_faults, warnings = plugin_findings(self.document.plugins)
        self._faults += plugin_faults
        drafts = drafts_of(self.document, self._included(), self._declared())
        self._faults += drafts.faults
        self._faults += duplicate_uids(self._places(drafts), self._uncertain())
        self._check_content(drafts)
        self._give_ids(drafts)
        checks, steps = self._steps(drafts)
        node_ids = self._nodes(drafts)
        self._faults += checks.faults
        if steps and not self.faults:
            steps = self._in_order(steps)
        return Plan(
            document=self.document,
            steps=tuple(steps),
            nodes=tuple(drafts.nodes),
            node_ids=node_ids,
            repairs=tuple(dict.fromkeys(drafts.repairs + self.filling.repairs)),
            warnings=tuple(
                dict.fromkeys(
                    (
                        *warnings,
                        *self._kept_notes(),
                        *drafts.warnings,
                        *self.filling.warnings,
                        *checks.warnings,
                    )
                )
            ),
            reach=reach_of(step.built for step in steps),
            filling=self.filling,
        )

    def hangs_on_answers(self, fault: Fault) -> bool:
        """Whether the fault may go away with another answer to a prompt."""
        return any(
            fault.path == path or fault.path.startswith((f"{path}.", f"{path}["))
            for path in self.filling.asked
        )

    def _included(self) -> list[Entry]:
        """Entries whose ``_exclude`` is not true; the uids of the others stand for nothing."""
        included = []
        for entry in self.document.entries:
            text = entry.values.get("_exclude", "")
            value = self.filling.fill(text, f"{entry.path}._exclude")
            if self.is_tentative and is_template(str(text)):
                value = ""
            if str(value).strip().lower() in _FALSE or value is None:
                included.append(entry)
            else:
                self.filling.names.ids[entry.uid] = ""
        left: list[Entry] = []
        there: set[str] = set()
        for entry in included:  # what holds others comes before them
            if not entry.inside or entry.inside in there:
                left.append(entry)
                there.add(entry.uid)
            else:
                self.filling.names.ids[entry.uid] = ""
        return left

    def _declared(self) -> list[str]:
        """The names of record types that packages imported before declared."""
        query = Query((Term("kind", "is", CUSTOM_RECORD),), limit=_DECLARED)
        found = self.desk.store.find("custom", query).records
        return [str(record["document"].get("uri") or "") for record in found]

    @staticmethod
    def _places(drafts: Drafts) -> list[tuple[str, str]]:
        made = [(draft.uid, draft.path) for draft in drafts.made]
        return made + [(node.uid, node.path) for node in drafts.nodes]

    def _uncertain(self) -> frozenset[str]:
        if not self.is_tentative:
            return frozenset()
        return frozenset(e.path for e in self.document.entries if "_exclude" in e.values)

    def _check_content(self, drafts: Drafts) -> None:
        if drafts.made or drafts.nodes or drafts.faults or self.filling.faults:
            return
        if any(self.document.kept.get(section) for section in KEPT_SECTIONS):
            return
        unknown = ", ".join(self.document.kept)
        sentence = (
            f"Nothing in this package can be used: it has only {unknown}."
            if unknown
            else "There is nothing in this package to import."
        )
        hint = "A package has 'records' or 'bots'."
        self._faults.append(Fault("empty-package", "$", sentence, hint))

    def _give_ids(self, drafts: Drafts) -> None:
        ids = self.filling.names.ids
        for number, draft in enumerate(drafts.made, FIRST_STAND_IN):
            ref = self._existing(draft)
            if ref is None:
                ids[draft.uid] = number
                self.coming[number] = draft.type.key
            else:
                ids[draft.uid] = ref.id
                self.refs[draft.uid] = ref
        for number, entry in enumerate(drafts.nodes, FIRST_STAND_IN + len(drafts.made)):
            ids[entry.uid] = number

    def _existing(self, draft: Draft) -> Ref | None:
        if self.on_existing == "new":
            return None
        ref = self.desk.store.origin(self.document.name, draft.uid)
        if ref is None or ref.type != draft.type.key:
            return None
        record = self.desk.store.get(ref)
        if record is None:
            return None
        if self.on_existing == "update" and not may_edit(self.desk.actor, record):
            sentence = f"{record.label!r}, made by an earlier import, is not yours to change."
            hint = "Import it with skip, or as new."
            self._faults.append(Fault("not-allowed", draft.path, sentence, hint, draft.uid))
        return ref

    def _steps(self, drafts: Drafts) -> tuple[Checks, list[Step]]:
        values: list[tuple[Draft, dict[str, Any], frozenset[str]]] = []
        for draft in drafts.made:
            self.filling.mentioned.clear()
            filled_in = filled(draft, self.filling)
            values.append((draft, filled_in, frozenset(self.filling.mentioned)))
        types = {draft.uid: draft.type.key for draft in drafts.made}
        services = self._services(values)
        checks = Checks(self.desk.store, self.desk.actor, self.coming, services, types)
        steps = []
        for draft, given, mentions in values:
            before = len(checks.faults)
            checks.look_at(draft, given, self.refs.get(draft.uid))
            if len(checks.faults) > before or self.filling.faults:
                continue
            extension = checks.extension_of(draft, given)
            try:
                made = built(draft, given, extension)
            except BadInput as error:
                self._faults += faults_of(draft, error)
            else:
                steps.append(self._step(draft, made, extension, mentions))
        return checks, steps

    def _services(
        self, values: Sequence[tuple[Draft, Mapping[str, Any], frozenset[str]]]
    ) -> dict[int, str]:
        ids = self.filling.names.ids
        return {
            int(ids[draft.uid]): str(given.get("extension_id") or "")
            for draft, given, _ in values
            if draft.type.key == SERVICE
        }

    def _step(self, draft: Draft, made: Built, extension: str, mentions: frozenset[str]) -> Step:
        ref = self.refs.get(draft.uid)
        verb: Verb = "create" if ref is None else "skip" if self.on_existing == "skip" else "update"
        return Step(verb, draft, ref, made, extension, mentions)

    def _nodes(self, drafts: Drafts) -> dict[int, str]:
        ids = self.filling.names.ids
        node_ids = {int(ids[entry.uid]): entry.uid for entry in drafts.nodes}
        added, faults = attachments(drafts.nodes, self.filling, node_ids)
        self._faults += faults
        coming = {int(ids[d.uid]): d.type.key for d in drafts.made if isinstance(ids[d.uid], int)}
        self._faults += missing_behaviors(added, self.desk.store, coming)
        for each in added:
            findings = node_findings(each)
            self._faults += findings.faults
            self.filling.warnings += findings.warnings
        return node_ids

    def _in_order(self, steps: list[Step]) -> list[Step]:
        ids = self.filling.names.ids
        order = in_order({Ref(s.draft.type.key, int(ids[s.draft.uid])): s for s in steps})
        if not order:
            sentence = "Records of this package point to each other in a circle."
            self._faults.append(Fault("circle", steps[0].draft.path, sentence))
        return order

    def _kept_notes(self) -> list[str]:
        return [
            f"{section}: this section is not available yet; it is kept as data."
            if section in KEPT_SECTIONS
            else f"{section}: this section is unknown; it is kept as data."
            for section in self.document.kept
        ]
