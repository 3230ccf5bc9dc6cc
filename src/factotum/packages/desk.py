"""What an import works with: the store, the sealed secrets, and on whose behalf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.core.ports import SecretBox, Store
from factotum.core.values import Actor, Moment
from factotum.packages.choosers import Chooser, MayUse
from factotum.records.ownership import may_use


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """``moment`` is the import's clock and randomness; ``base_url`` is ``default.base_url``."""

    store: Store
    secrets: SecretBox = field(repr=False)
    actor: Actor
    moment: Moment
    base_url: str = ""
    may_use: MayUse = may_use

    @property
    def chooser(self) -> Chooser:
        """Looks up what choosers offer."""
        return Chooser(self.store, self.actor, self.may_use)

    @property
    def default(self) -> Mapping[str, Any]:
        """What templates read under ``default``; there are no mail groups here."""
        return {
            "base_url": self.base_url,
            "group_id": 0,
            "bucket_id": 0,
            "replyto_id": 0,
            "replyto_email": "",
        }
