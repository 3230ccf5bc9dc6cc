"""Workers where they are more than records: passwords and what ``Actor`` they are."""

from __future__ import annotations

from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from factotum.core.errors import BadInput, NotFound
from factotum.core.values import Actor
from factotum.store.models import Worker


class People:
    """Fulfils what sign-in needs to know about workers."""

    def has_any(self) -> bool:
        """Whether an admin can sign in with a password yet; before, the first-run link is printed."""
        passwords = self._admins().values_list("password", flat=True)
        return any(is_password_usable(password) for password in passwords)

    def first_admin(self) -> int | None:
        """The first admin who is not disabled, with or without a password."""
        return self._admins().values_list("pk", flat=True).first()

    def _admins(self) -> QuerySet[Worker]:
        return Worker.objects.filter(is_disabled=False, is_admin=True).order_by("pk")

    def actor(self, worker_id: int, via: str = "page") -> Actor | None:
        """The worker as who asks for something; None where there is none or they are disabled."""
        worker = Worker.objects.filter(pk=worker_id, is_disabled=False).first()
        return Actor(worker.pk, worker.name, is_admin=worker.is_admin, via=via) if worker else None

    def set_password(self, worker_id: int, password: str) -> None:
        """From now on they sign in with it; BadInput says what is wrong with it."""
        worker = Worker.objects.filter(pk=worker_id).first()
        if worker is None:
            raise NotFound(f"There is no worker {worker_id}.")
        try:
            validate_password(password, worker)
        except ValidationError as faults:
            sentence = " ".join(faults.messages)
            raise BadInput(sentence, code="weak-password", fields={"password": sentence}) from None
        worker.set_password(password)
        worker.save(update_fields=["password"])


def _admins() -> QuerySet[Worker]:
    return Worker.objects.filter(is_disabled=False, is_admin=True)
