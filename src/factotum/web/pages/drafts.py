"""What was typed into a record's form and not saved, kept in the session while its person is away.

Linking leads to the provider and back; the form is then as it was. Secrets are never part of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, QueryDict

from factotum.core.values import Ref

KEY = "unsaved"
SECONDS = 3600
LARGEST = 64 * 1024  # characters of one form


def keep(request: HttpRequest, ref: Ref, names: Iterable[str]) -> None:
    """Keep what was posted under these names; nothing where the form was not sent along."""
    typed = {name: request.POST[name] for name in names if name in request.POST}
    if typed and sum(map(len, typed.values())) <= LARGEST:
        _put(request, ref, {"typed": typed, "at": time.time()})


def kept(request: HttpRequest, ref: Ref) -> QueryDict | None:
    """The same as if it were posted again, or None."""
    draft = request.session.get(KEY, {}).get(str(ref))
    if draft is None or draft["at"] < time.time() - SECONDS:
        return None
    posted = QueryDict(mutable=True)
    posted.update(draft["typed"])
    return posted


def drop(request: HttpRequest, ref: Ref) -> None:
    """Forget it: it was saved, or is not wanted."""
    if str(ref) in request.session.get(KEY, {}):
        _put(request, ref, None)


def _put(request: HttpRequest, ref: Ref, draft: dict[str, Any] | None) -> None:
    alive = time.time() - SECONDS
    drafts = {key: one for key, one in request.session.get(KEY, {}).items() if one["at"] > alive}
    drafts.pop(str(ref), None)
    request.session[KEY] = drafts | ({str(ref): draft} if draft else {})
