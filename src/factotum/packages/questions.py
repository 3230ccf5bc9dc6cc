"""The form that a package's prompts make, with errors beside their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from factotum.core.errors import BadPackage, Fault
from factotum.packages.choosers import Chooser
from factotum.packages.document import Document
from factotum.packages.drafts import Draft, drafts_of
from factotum.packages.prompt_reading import given
from factotum.packages.prompts import Prompt, Question
from factotum.packages.providers import ACCOUNT, SERVICE, fields_of, provider
from factotum.packages.templates import is_template, uids_named


def questions(
    prompts: Sequence[Prompt],
    answers: Mapping[str, Any] | None,
    chooser: Chooser,
    secret: frozenset[str],
) -> list[Question]:
    """The visible prompts as a form shows them; ``answers`` None shows no error yet."""
    return [
        Question(
            key=prompt.key,
            type=prompt.type,
            label=prompt.label,
            params=dict(prompt.params.values),
            error="" if answers is None else _error(prompt, answers, chooser),
            is_secret=prompt.key in secret,
            value=None if prompt.key in secret else given(prompt, answers or {}),
            choices=prompt.choices(chooser),
        )
        for prompt in prompts
        if not prompt.is_hidden
    ]


def check_hidden(prompts: Sequence[Prompt], answers: Mapping[str, Any], chooser: Chooser) -> None:
    """BadPackage where the caller did not supply a prompt that is not shown."""
    faults = [
        Fault("missing-answer", f"prompts.{prompt.key}", error, "Supply it with the import.")
        for prompt in prompts
        if prompt.is_hidden and (error := _error(prompt, answers, chooser))
    ]
    if faults:
        raise BadPackage(faults)


def secret_prompts(document: Document, prompts: Sequence[Prompt]) -> frozenset[str]:
    """The keys of text prompts whose answer lands in a secret field of a service or an account."""
    drafts = drafts_of(document, document.entries).made
    extensions = {
        draft.uid: draft.values.get("extension_id") for draft in drafts if draft.type.key == SERVICE
    }
    texts = [text for draft in drafts for text in _secret_texts(draft, extensions)]
    return frozenset(
        prompt.key
        for prompt in prompts
        if prompt.type == "text" and any(_names(text, prompt.key) for text in texts)
    )


def _secret_texts(draft: Draft, extensions: Mapping[str, Any]) -> Iterator[str]:
    for key in draft.type.fields.secret_keys:
        yield from _template(draft.values.get(key))
    if draft.type.key not in (SERVICE, ACCOUNT):
        return
    service = uids_named(str(draft.values.get("service_id") or ""))
    uid = draft.uid if draft.type.key == SERVICE else next(iter(service), "")
    scheme = provider(extensions.get(uid))
    params = draft.values.get("params")
    if scheme is None or not isinstance(params, Mapping):
        return
    for key in fields_of(draft.type.key, scheme).secret_keys:
        yield from _template(params.get(key))


def _template(text: object) -> Iterator[str]:
    if isinstance(text, str) and is_template(text):
        yield text


def _error(prompt: Prompt, answers: Mapping[str, Any], chooser: Chooser) -> str:
    answer = given(prompt, answers)
    return prompt.error("" if answer is None else answer, chooser)


def _names(text: str, key: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(key)}(?!\w)", text) is not None
