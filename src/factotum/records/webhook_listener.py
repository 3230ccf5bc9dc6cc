"""An address under ``/webhooks/<guid>`` that starts a behavior."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from factotum.core.fields import Choice, Fields, Flag, Json, LongSecret, Number, Text
from factotum.core.queueing import DEADLINE, PRIORITY, QUEUED_ONLY, is_usual
from factotum.hooks.provider import CUSTOM, TOLERANCE, providers
from factotum.hooks.signed_text import faults_in
from factotum.records.record_type import RecordType, record_types

BODY_LIMIT = 1024 * 1024
LARGEST_BODY = 25 * 1024 * 1024
"""Bytes; what GitHub, the most talkative of the known senders, sends at most."""

LONGEST_TOLERANCE = 86_400  # seconds

AT_ONCE = "at_once"

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.1
_OF_ITS_RUNS = (
    replace(PRIORITY, help=f"Where it answers at once. {PRIORITY.help}"),
    replace(DEADLINE, help=f"Where it answers at once. {DEADLINE.help}"),
)
_OF_THE_SIGNATURE = (
    Text(
        key="signature_header",
        label="Header of the signature",
        placeholder="x-signature",
        help="For another service with HMAC, like all that follows.",
    ),
    Text(
        key="signature_prefix",
        label="What stands before the signature",
        placeholder="sha256=",
    ),
    Choice(
        key="signature_algorithm",
        label="Algorithm",
        default="sha256",
        options={name: f"HMAC-{name.upper()}" for name in ("sha256", "sha1", "sha384", "sha512")},
    ),
    Choice(
        key="signature_encoding",
        label="Written in",
        default="hex",
        options={"hex": "hexadecimal digits", "base64": "Base64"},
    ),
    Text(
        key="signed_text",
        label="What is signed",
        default="{body}",
        help="{body}, {timestamp}, {url}, {params} or {header:NAME}, with what stands between: "
        "{timestamp}.{body}",
    ),
    Text(
        key="timestamp_header",
        label="Header of the signed time",
        placeholder="x-timestamp",
        help="In seconds since 1970. Needed where {timestamp} is signed.",
    ),
    Number(
        key="tolerance",
        label="How old a signed time may be, in seconds",
        default=TOLERANCE,
    ),
)


@record_types.add("webhook_listener")
class WebhookListener(RecordType):
    """``extension_params`` is ``{"behavior_id": id}``; ``guid`` is unique, who knows it may call.

    ``signing_secret`` holds a secret a line, all of them good: that is how one is changed.
    """

    key: ClassVar[str] = "webhook_listener"
    full_id: ClassVar[str] = "cerberusweb.contexts.webhook_listener"
    label: ClassVar[str] = "Webhook"
    plural: ClassVar[str] = "Webhooks"
    aliases: ClassVar[tuple[str, ...]] = ("webhook_listeners", "webhooks", "webhook")
    is_for_admins: ClassVar[bool] = True
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="guid", label="GUID", required=True),
        Text(
            key="extension_id",
            label="Type",
            required=True,
            default="cerb.webhooks.listener.engine.va",
        ),
        Json(key="extension_params", label="Parameters"),
        Choice(
            key="answer",
            label="Answer",
            default="behavior",
            options={
                "behavior": "What the behavior answers, when it has ended",
                AT_ONCE: "At once, with the run's id; the behavior runs on its own",
            },
        ),
        *_OF_ITS_RUNS,
        Choice(
            key="signed_by",
            label="Signed by",
            options={
                "": "Nobody: whoever knows the address may call",
                **{key: one.label for key, one in providers().items()},
            },
        ),
        LongSecret(
            key="signing_secret",
            label="Signing secret",
            help="The secret that the service signs with, where it does. While you change it there, "
            "the old and the new one, a line each.",
        ),
        Text(
            key="delivery_header",
            label="Header of the delivery's id",
            placeholder="x-delivery-id",
            help="A delivery that comes again with the same id is answered as before and runs "
            "nothing. Known services need none here.",
        ),
        Number(
            key="body_limit",
            label="Largest body, in bytes",
            default=BODY_LIMIT,
            help="1048576 is 1 MB; 25 MB at most.",
        ),
        *_OF_THE_SIGNATURE,
        Flag(key="is_disabled", label="Disabled"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "guid": "guid",
        "type": "extension_id",
        "signedBy": "signed_by",
        "isDisabled": "is_disabled",
    }

    @classmethod
    def faults(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Also headers that are none, numbers out of bounds, and what would say nothing."""
        found = cls.fields.faults(values)
        for key in ("signature_header", "timestamp_header", "delivery_header"):
            if values.get(key) and not _HEADER.fullmatch(str(values[key])):
                found[key] = (
                    f"{cls.fields[key].label} must be a header's name, such as x-signature."
                )
        for key, most in (("body_limit", LARGEST_BODY), ("tolerance", LONGEST_TOLERANCE)):
            if key not in found and not 0 <= int(values.get(key) or 0) <= most:
                found[key] = f"{cls.fields[key].label} must be from 1 to {most}."
        if values.get("answer") != AT_ONCE:
            found = {**_faults_of_the_queueing(values), **found}
        if values.get("signed_by") == CUSTOM:
            found |= _faults_of_the_signature(values)
        return found

    @classmethod
    def secret_faults(cls, values: Mapping[str, Any], sealed: Collection[str]) -> dict[str, str]:
        """A signature cannot be checked without a secret."""
        if values.get("signed_by") and "signing_secret" not in sealed:
            return {
                "signing_secret": "Signing secret is missing: without it nothing can be checked."
            }
        return {}


def _faults_of_the_queueing(values: Mapping[str, Any]) -> dict[str, str]:
    """A caller who waits for the behavior is not queued: a deadline would look as if it held."""
    return {
        field.key: f"{field.label}: only {QUEUED_ONLY}. Have it answer at once, or put "
        f"{field.default} here."
        for field in _OF_ITS_RUNS
        if not is_usual(field, values)
    }


def _faults_of_the_signature(values: Mapping[str, Any]) -> dict[str, str]:
    text = str(values.get("signed_text") or "{body}")
    found = faults_in(text)
    if found:
        return {"signed_text": found}
    if "{timestamp}" in text and not values.get("timestamp_header"):
        return {"timestamp_header": "Header of the signed time is missing: {timestamp} is signed."}
    if values.get("timestamp_header") and "{timestamp}" not in text:
        return {"signed_text": "The time must be signed too, or it says nothing: add {timestamp}."}
    return {}
