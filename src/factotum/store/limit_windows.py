"""Windows of services, shared by all workers: fulfils ``runs.limits.ports.LimitStore``."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence

from django.db import transaction

from factotum.runs.limits.ports import News
from factotum.runs.limits.windows import SAME, Use, Window, WindowKey, newer
from factotum.store.models import LimitUse as UseRow
from factotum.store.models import LimitWindow as Row

OVERLAP = 5.0  # seconds that a commit may take, or clocks may differ, and nothing be missed
MOST = 10_000
CHANGED = ("quota", "remaining", "reset_at", "seen_at", "code", "label", "sentence", "changed_at")


class StoredLimits:
    """A row a window, and one for each bot that shares a scarce one."""

    def exchange(self, windows: Sequence[Window], uses: Sequence[Use], mark: float) -> News:
        """Put these to what is there, and say what is new since ``mark``."""
        now = time.time()
        is_known = 0 < mark <= now
        if not is_known:  # said by a clock that was ahead, it would hold for too long
            Row.objects.filter(seen_at__gt=now + OVERLAP).delete()
        if windows or uses:
            with transaction.atomic():
                _put_windows(windows, now)
                _put_uses(uses, now)
        if is_known:
            found = Row.objects.filter(changed_at__gte=mark)
        else:
            found = Row.objects.filter(reset_at__gt=now)
        rows = list(found.order_by("-changed_at")[:MOST])
        shares = UseRow.objects.filter(changed_at__gte=max(mark, now - 3600))[:MOST]
        news = _uses(shares, {row.key: row for row in rows})
        return News([_window(row) for row in rows], news, now - OVERLAP)

    def of(self, scope: str, scope_id: int) -> Sequence[Window]:
        """The windows of one account or app that ended an hour ago at the latest."""
        kept = Row.objects.filter(
            scope=scope, scope_id=scope_id, reset_at__gt=time.time() - 3600
        ).order_by("family", "name")
        return [_window(row) for row in kept]

    def purge(self, before: float) -> int:
        """Forget windows that ended before then; how many."""
        UseRow.objects.filter(reset_at__lt=before).delete()
        return Row.objects.filter(reset_at__lt=before).delete()[0]


def _put_windows(windows: Sequence[Window], now: float) -> None:
    told = {
        _hash(window.key): window for window in sorted(windows, key=lambda each: _hash(each.key))
    }
    Row.objects.bulk_create([_row(window, now) for window in told.values()], ignore_conflicts=True)
    kept = Row.objects.select_for_update().filter(pk__in=list(told)).order_by("pk")
    changed = []
    for row in kept:
        before = _window(row)
        after = newer(before, told[row.key])
        if after != before:
            changed.append(_row(after, now))
    if changed:
        Row.objects.bulk_update(changed, CHANGED)


def _put_uses(uses: Sequence[Use], now: float) -> None:
    told = {(_hash(use.key), use.bot_id): use for use in uses}
    fresh = [
        UseRow(
            window_key=key,
            bot_id=bot_id,
            reset_at=use.reset_at,
            used=0,
            asked_at=use.asked_at,
            changed_at=now,
        )
        for (key, bot_id), use in sorted(told.items(), key=lambda each: each[0])
    ]
    UseRow.objects.bulk_create(fresh, ignore_conflicts=True)
    keys = sorted({key for key, _ in told})
    for row in UseRow.objects.select_for_update().filter(window_key__in=keys).order_by("pk"):
        use = told.get((row.window_key, row.bot_id))
        if use is not None:
            _add(row, use, now)


def _add(row: UseRow, use: Use, now: float) -> None:
    if use.reset_at < row.reset_at - SAME:
        return
    is_same = use.reset_at <= row.reset_at + SAME
    UseRow.objects.filter(window_key=row.window_key, bot_id=row.bot_id).update(
        used=row.used + use.used if is_same else use.used,
        reset_at=max(row.reset_at, use.reset_at),
        asked_at=max(row.asked_at, use.asked_at),
        changed_at=now,
    )


def _uses(rows: Iterable[UseRow], windows: dict[str, Row]) -> list[Use]:
    shares = list(rows)
    missing = {row.window_key for row in shares} - windows.keys()
    known = windows | {row.key: row for row in Row.objects.filter(pk__in=missing)}
    return [
        Use(_key(known[row.window_key]), row.bot_id, row.reset_at, row.used, row.asked_at)
        for row in shares
        if row.window_key in known
    ]


def _hash(key: WindowKey) -> str:
    text = "\n".join(map(str, key)).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _row(window: Window, now: float) -> Row:
    scope, scope_id, host, family, name = window.key
    return Row(
        key=_hash(window.key),
        scope=scope,
        scope_id=scope_id,
        host=host,
        family=family,
        name=name,
        quota=window.limit,
        remaining=window.remaining,
        reset_at=window.reset_at,
        seen_at=window.seen_at,
        code=window.code,
        label=window.label,
        sentence=window.sentence,
        changed_at=now,
    )


def _key(row: Row) -> WindowKey:
    return WindowKey(row.scope, row.scope_id, row.host, row.family, row.name)


def _window(row: Row) -> Window:
    return Window(
        _key(row),
        row.quota,
        row.remaining,
        row.reset_at,
        row.seen_at,
        row.code,
        row.label,
        row.sentence,
    )
