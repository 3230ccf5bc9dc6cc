from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app of ours that has tables."""

    name = "factotum.store"
    label = "store"
    verbose_name = "Factotum"
    default_auto_field = "django.db.models.BigAutoField"
