"""Hosts at which services answer beside those that their addresses name.

A service's accounts sign only for its hosts. Published packages name the addresses for linking
(``github.com``) and their bots call others of the same owner (``api.github.com``), so an import adds
those. A host stands here only where its owner is the one of the host that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SAME_OWNER: Mapping[str, tuple[str, ...]] = {
    "accounts.google.com": ("*.googleapis.com",),
    "api.twilio.com": ("*.twilio.com",),
    "api.twitter.com": ("api.x.com", "upload.twitter.com", "upload.x.com"),
    "api.x.com": ("upload.x.com", "upload.twitter.com"),
    "developer-api.nest.com": ("*.nest.com",),
    "discord.com": ("discordapp.com",),
    "github.com": ("api.github.com", "uploads.github.com"),
    "home.nest.com": ("developer-api.nest.com", "api.home.nest.com"),
    "login.microsoftonline.com": ("graph.microsoft.com",),
    "login.salesforce.com": ("*.salesforce.com",),
    "slack.com": ("files.slack.com",),
    "www.dropbox.com": ("api.dropboxapi.com", "content.dropboxapi.com"),
    "www.facebook.com": ("graph.facebook.com",),
    "www.linkedin.com": ("api.linkedin.com",),
}


def with_same_owner(hosts: Iterable[str]) -> list[str]:
    """The hosts, and those that belong to the same service.

    >>> with_same_owner(["github.com"])
    ['github.com', 'api.github.com', 'uploads.github.com']
    """
    given = list(hosts)
    return list(
        dict.fromkeys(given + [more for host in given for more in SAME_OWNER.get(host, ())])
    )
