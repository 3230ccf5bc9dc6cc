"""The bytes of ``attachment`` records."""

from __future__ import annotations

import hashlib

from factotum.core.errors import NotFound
from factotum.core.values import Owner, Record, Ref
from factotum.store.models import FileContent
from factotum.store.records_store import RecordsStore


class Files:
    """A file is a record and, in a table of its own, its bytes."""

    def __init__(self, store: RecordsStore) -> None:
        self._store = store

    def keep(self, name: str, mime_type: str, content: bytes, owner: Owner) -> Record:
        """A new file."""
        values = {
            "name": name,
            "mime_type": mime_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "owner__context": owner.type,
            "owner_id": owner.id,
        }
        with self._store.atomic():
            record = self._store.create("attachment", values)
            FileContent.objects.create(attachment_id=record.id, content=content)
        return record

    def content(self, ref: Ref) -> bytes:
        """Its bytes; NotFound where there are none."""
        rows = FileContent.objects.filter(pk=ref.id).values_list("content", flat=True)
        content = rows.first()
        if content is None:
            raise NotFound(f"There is no file {ref.id}.")
        return bytes(content)
