"""Saving a record's row: what the database would refuse is told as a sentence beside its field."""

from __future__ import annotations

from django.db import IntegrityError, models, transaction

from factotum.core.errors import BadInput
from factotum.store.tables import OwnTable, Table


def save(table: Table, row: models.Model) -> None:
    """Save a row; BadInput names the field where another record has the same, or it is too long."""
    if isinstance(table, OwnTable):
        _refuse_too_long(table, row)
        _refuse_missing_links(table, row)
    try:
        with transaction.atomic():  # a savepoint: the caller's transaction survives the refusal
            row.save()
    except IntegrityError as why:
        for column in row._meta.concrete_fields:
            if column.unique and not column.primary_key and column.name in str(why):
                sentence = f"Another {table.type.label} has this {column.name} already."
                raise BadInput(
                    sentence, code="not-unique", fields={column.name: sentence}
                ) from None
        raise


def _refuse_too_long(table: Table, row: models.Model) -> None:
    for column in row._meta.concrete_fields:
        most = column.max_length
        if most and column.name in table.type.fields and len(getattr(row, column.name)) > most:
            label = table.type.fields[column.name].label
            sentence = f"{label} is longer than {most} characters."
            raise BadInput(sentence, fields={column.name: sentence})


def _refuse_missing_links(table: Table, row: models.Model) -> None:
    """Foreign keys are checked at commit, where nobody could tell any more which one it was."""
    for column in row._meta.concrete_fields:
        linked = getattr(row, column.attname)
        if not isinstance(column, models.ForeignKey) or linked is None:
            continue
        if not column.related_model._default_manager.filter(pk=linked).exists():
            sentence = f"There is no {table.type.fields[column.attname].label.lower()} {linked}."
            raise BadInput(sentence, code="no-such-record", fields={column.attname: sentence})
