"""People who sign in. Cerb's word for them is *worker*."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from factotum.store.models.json_text import JsonText


class WorkerManager(BaseUserManager["Worker"]):
    """Makes workers for Django's own commands and for tests."""

    def create_user(self, name: str, password: str | None = None, **values: Any) -> Worker:
        """A worker with that sign-in name; no password means none can be typed."""
        worker = self.model(name=name, **values)
        worker.set_password(password)
        worker.save(using=self._db)
        return worker

    def create_superuser(self, name: str, password: str | None = None, **values: Any) -> Worker:
        """An admin."""
        return self.create_user(name, password, is_admin=True, **values)


class Worker(AbstractBaseUser):
    """One person. ``name`` is what they sign in with; admins may do everything."""

    name = models.CharField(max_length=150, unique=True)
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="")
    email = models.EmailField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    is_admin = models.BooleanField(default=False)
    is_disabled = models.BooleanField(default=False)
    timezone = models.TextField(blank=True, default="UTC")
    language = models.TextField(blank=True, default="en")
    extra = JsonText()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkerManager()

    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's base has a plain attribute
        """Whether this worker may sign in."""
        return not self.is_disabled

    @property
    def is_staff(self) -> bool:
        """Django's word for who may see its admin pages."""
        return self.is_admin

    @property
    def is_superuser(self) -> bool:
        """Django's word for who has every permission."""
        return self.is_admin

    def get_full_name(self) -> str:
        """First and last name, or the sign-in name where there is neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.name

    def get_short_name(self) -> str:
        """What to greet them with."""
        return self.first_name or self.name

    def has_perm(self, perm: str, obj: object | None = None) -> bool:  # Django's signature
        """Admins have every permission of Django's; others have none."""
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:  # Django's signature
        """Whether they see an app in Django's admin."""
        return self.is_active and self.is_admin
