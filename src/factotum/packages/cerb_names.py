"""Names of the file format that this product knows of and does not use yet.

A name on these lists is kept as data and reported as not available yet; a name on none of them is
most likely a misspelling.
"""

from __future__ import annotations

PLUGIN_FAMILIES = ("cerberusweb.", "cerb.", "wgm.", "devblocks.")
"""How the ids of the format's own plugins begin."""

BUILT_IN_PLUGINS = ("cerberusweb.core", "devblocks.core", "cerb.webhooks", "cerb.bots.core")
"""Plugins whose work is part of this product."""

FIELDS = ("created", "created_at", "updated", "updated_at", "image", "watchers", "comments")
"""Keys that any record of the format may carry and that are set by themselves here."""
