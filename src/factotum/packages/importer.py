"""Importing a package: read, ask, plan, write; and what came of it.

>>> import_package(source, None, desk).status            # doctest: +SKIP
'prompts'
>>> import_package(source, {"prompt_client_id": "…"}, desk).status  # doctest: +SKIP
'imported'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from factotum.core.errors import BadPackage, Fault
from factotum.core.values import Record
from factotum.packages.desk import Desk
from factotum.packages.document import Document, read
from factotum.packages.placeholders import make_placeholders
from factotum.packages.plan import OnExisting, Plan, Step
from factotum.packages.planning import look_ahead, make_plan
from factotum.packages.prompt_reading import Examples, given, read_prompts, unknown_answers
from factotum.packages.prompts import Prompt, Question
from factotum.packages.questions import check_hidden, questions, secret_prompts
from factotum.packages.reach import Reach
from factotum.packages.writing import write

Status = Literal["prompts", "planned", "imported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import came to. Nothing was written unless ``status`` is imported.

    ``records`` maps record type → uid → ``{"id", "label", "url", "verb"}``; a planned new record
    has the id None. ``repairs`` and ``warnings`` are sentences that begin with their JSON path.
    """

    status: Status
    package: str
    prompts: Sequence[Question] = ()
    records: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    repairs: Sequence[str] = ()
    warnings: Sequence[str] = ()
    reach: Reach | None = None

    def as_json(self) -> dict[str, Any]:
        """For the API and ``--json``; holds no secret."""
        reach = self.reach.as_json() if self.reach else {}
        if self.status == "prompts":
            asked = [_question(prompt) for prompt in self.prompts]
            return {
                "status": self.status,
                "package": self.package,
                "prompts": asked,
                "reach": reach,
            }
        return {
            "status": self.status,
            "package": self.package,
            "records": {key: dict(value) for key, value in self.records.items()},
            "repairs": list(self.repairs),
            "warnings": list(self.warnings),
            "reach": reach,
        }


def import_package(
    source: str | bytes | Mapping[str, Any],
    answers: Mapping[str, Any] | None,
    desk: Desk,
    *,
    plan: bool = False,
    on_existing: OnExisting = "update",
) -> ImportResult:
    """Import a package, or say what it asks, or (``plan``) what it would do.

    ``answers`` None or empty gives back the form of a package that asks something; answers that
    will not do give it back with an error beside each field. ``on_existing`` says what becomes of
    records that an import of the same package made before. BadPackage names every fault; then
    nothing was written.
    """
    document = read(source)
    prompts = _prompts(document)
    form = _form(document, prompts, answers, desk)
    if form is not None:
        return form
    made = make_plan(document, _given(document, prompts, answers or {}, desk), desk, on_existing)
    if plan:
        return _result("planned", made, {})
    store = desk.store.acting_as(desk.actor)
    return _result("imported", made, write(made, store, desk.secrets))


def _prompts(document: Document) -> list[Prompt]:
    prompts = read_prompts(document.prompts)
    faults = [fault for part in document.prompts for fault in part.faults]
    if faults:
        raise BadPackage(list(dict.fromkeys(faults)))
    return prompts


def _form(
    document: Document, prompts: Sequence[Prompt], answers: Mapping[str, Any] | None, desk: Desk
) -> ImportResult | None:
    """The form, where there is still something to ask."""
    chooser = desk.chooser
    visible = [prompt for prompt in prompts if not prompt.is_hidden]
    keys = {prompt.key for prompt in visible}
    is_first = not answers or (keys and not keys & answers.keys())
    if answers and (unknown := unknown_answers(prompts, answers)):
        raise BadPackage(unknown)
    form = questions(
        prompts, None if is_first else answers, chooser, secret_prompts(document, prompts)
    )
    if not (visible and is_first) and not any(question.error for question in form):
        check_hidden(prompts, answers or {}, chooser)
        return None
    plan, faults = look_ahead(document, _examples(document, prompts), desk)
    if faults:
        raise BadPackage(faults)
    return ImportResult(status="prompts", package=document.name, prompts=form, reach=plan.reach)


def _examples(document: Document, prompts: Sequence[Prompt]) -> dict[str, Any]:
    names = Examples(prompts)
    names.update(_placeholders(document))
    return names


def _given(
    document: Document, prompts: Sequence[Prompt], answers: Mapping[str, Any], desk: Desk
) -> dict[str, Any]:
    names = _placeholders(document)
    for prompt in prompts:
        names.update(prompt.names(given(prompt, answers), desk.chooser))
    return names


def _placeholders(document: Document) -> dict[str, Any]:
    made = make_placeholders(document.placeholders)
    faults: list[Fault] = [fault for part in document.placeholders for fault in part.faults]
    if faults:
        raise BadPackage(list(dict.fromkeys(faults)))
    return made


def _result(status: Status, plan: Plan, written: Mapping[str, Record]) -> ImportResult:
    records: dict[str, dict[str, dict[str, Any]]] = {}
    for step in plan.steps:
        record = written.get(step.draft.uid)
        group = records.setdefault(step.draft.type.key, {})
        group[step.draft.uid] = _bubble(step, record)
    for uid, record in written.items():
        group = records.setdefault(record.type, {})
        if uid not in group:
            group[uid] = _shown(record.type, record.id, record.label, "update")
    return ImportResult(
        status=status,
        package=plan.document.name,
        records=records,
        repairs=tuple(map(str, plan.repairs)),
        warnings=plan.warnings,
        reach=plan.reach,
    )


def _bubble(step: Step, record: Record | None) -> dict[str, Any]:
    ref = record.ref if record else step.ref
    label = record.label if record and record.label else step.label
    return _shown(step.draft.type.key, ref.id if ref else None, label, step.verb)


def _shown(type: str, id: int | None, label: str, verb: str) -> dict[str, Any]:
    url = f"/cards/{type}/{id}" if id is not None else ""
    return {"id": id, "label": label, "url": url, "verb": verb}


def _question(prompt: Question) -> dict[str, Any]:
    return {
        "key": prompt.key,
        "type": prompt.type,
        "label": prompt.label,
        "params": dict(prompt.params),
        "error": prompt.error,
        "is_secret": prompt.is_secret,
        "choices": [{"value": each.value, "label": each.label} for each in prompt.choices],
    }
