"""A service whose accounts can be linked: X, GitHub, Slack … (cerb-compat, 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.core.fields import Fields, Flag, Json, Lines, Text
from factotum.records import read_back
from factotum.records.idempotency import read_lines
from factotum.records.record_type import RecordType, record_types


@record_types.add("connected_service")
class ConnectedService(RecordType):
    """``extension_id`` is the scheme's key; ``params`` its public fields, secrets are sealed apart.

    ``hosts`` are the ones its accounts may sign for, ``api.x.com`` or ``api.x.com:8443`` or
    ``*.x.com``; empty means those of the scheme's URLs. ``idempotency_keys`` are lines as
    ``records.idempotency`` reads them, ``read_back`` is what ``records.read_back`` describes.
    """

    key: ClassVar[str] = "connected_service"
    full_id: ClassVar[str] = "cerberusweb.contexts.connected_service"
    label: ClassVar[str] = "Connected Service"
    plural: ClassVar[str] = "Connected Services"
    aliases: ClassVar[tuple[str, ...]] = ("connected_services",)
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="uri", label="URI", help="A short name for scripts and the command line."),
        Text(key="extension_id", label="Type", required=True),
        Json(key="params", label="Parameters"),
        Lines(
            key="hosts",
            label="Hosts",
            placeholder="api.example.com",
            help="The only hosts this service's accounts may sign for, one a line.",
        ),
        Lines(
            key="idempotency_keys",
            label="Honours idempotency keys",
            placeholder="POST /v1/* 86400",
            help="Requests that it does once however often they come with the same key, one a line: "
            "method, path, and for how many seconds it keeps a key; then the header, where that is "
            "not Idempotency-Key. Such a request is sent again when nobody knows whether it arrived.",
        ),
        Json(
            key="read_back",
            label="Shows what was done",
            help="How the service is asked what an account has done there, when nobody knows whether a "
            "request arrived: docs/runs.md says how to write it.",
        ),
        Flag(key="is_disabled", label="Disabled"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "uri": "uri",
        "type": "extension_id",
        "isDisabled": "is_disabled",
    }

    @classmethod
    def faults(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Also lines that cannot be read."""
        found = cls.fields.faults(values)
        if "idempotency_keys" not in found:
            try:
                read_lines(values.get("idempotency_keys"))
            except ValueError as error:
                found["idempotency_keys"] = str(error)
        if values.get("read_back") and "read_back" not in found:
            try:
                read_back.check(values["read_back"])
            except ValueError as error:
                found["read_back"] = str(error)
        return found
