"""What a package says it needs: a version of the format, and plugins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from factotum.core.errors import Fault
from factotum.packages.cerb_names import BUILT_IN_PLUGINS, PLUGIN_FAMILIES
from factotum.packages.spelling import did_you_mean

NEWEST = (10, 4)
"""The newest version of the format that is understood; every 10.4.x is."""

_VERSION = re.compile(r"\s*(\d{1,6})(?:\.(\d{1,6}))?(?:\.\d{1,6})*\s*\Z")


def version_faults(version: str) -> Iterator[Fault]:
    """A fault where the package needs a later version, or names none that can be read.

    >>> [fault.code for fault in version_faults("11.0")], list(version_faults("9.1.0"))
    (['newer-version'], [])
    """
    path = "package.requires.cerb_version"
    if not version:
        return
    match = _VERSION.match(version)
    if not match:
        yield Fault(
            "wrong-value", path, f"{version!r} is no version.", "Write one such as '9.1.0'."
        )
    elif (int(match[1]), int(match[2] or 0)) > NEWEST:
        newest = ".".join(map(str, NEWEST))
        sentence = f"The package needs version {version}; packages up to {newest} can be imported."
        yield Fault("newer-version", path, sentence, "Look for an older edition of the package.")


def plugin_findings(plugins: Sequence[str]) -> tuple[list[Fault], list[str]]:
    """(plugins nobody knows, warnings for plugins that are not part of this product)."""
    faults: list[Fault] = []
    warnings: list[str] = []
    for index, plugin in enumerate(plugins):
        path = f"package.requires.plugins[{index}]"
        if plugin in BUILT_IN_PLUGINS:
            continue
        if plugin.startswith(PLUGIN_FAMILIES):
            warnings.append(f"{path}: the plugin {plugin!r} is not available yet.")
        else:
            hint = (
                did_you_mean(plugin, BUILT_IN_PLUGINS) or "Import a package that works without it."
            )
            sentence = f"The package needs the plugin {plugin!r}, which does not exist here."
            faults.append(Fault("unknown-plugin", path, sentence, hint))
    return faults, warnings
