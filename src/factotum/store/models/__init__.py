"""Every table, one file a subject."""

from factotum.store.models.workers import Worker

__all__ = ["Worker"]
