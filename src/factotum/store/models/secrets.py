"""Sealed values. Without the root key these rows tell nothing but that there is a value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DataKey(models.Model):
    """One record's own key, wrapped by the root key that ``root_key_id`` names."""

    type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    wrapped = models.BinaryField()
    root_key_id = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["type", "record_id"], name="data_key_record")
        ]


class SealedValue(models.Model):
    """One field's value, sealed with its record's data key. ``set_at`` in seconds since 1970."""

    key = models.ForeignKey(DataKey, models.CASCADE, db_index=False)
    field = models.CharField(max_length=200)
    sealed = models.BinaryField()
    set_at = models.FloatField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "field"], name="sealed_value_field")
        ]


class RootKeyCheck(models.Model):
    """A known text sealed with the root key in use: a wrong key is found at the start."""

    id = models.IntegerField(primary_key=True, default=1)
    root_key_id = models.CharField(max_length=16)
    sealed = models.BinaryField()
