"""Names of the file format that this product knows of and does not use yet.

A name on these lists is kept as data and reported as not available yet; a name on none of them is
most likely a misspelling.
"""

from __future__ import annotations

_RECORD_TYPES = """
    activity_log address automation automation_event automation_resource automation_timer
    behavior_node bucket calendar calendar_event calendar_recurring_profile call card_widget
    classifier classifier_class classifier_entity classifier_example community_portal connected_app
    currency custom_field custom_fieldset custom_record domain draft drafts email_signature feed
    feed_item feedback file_bundle gpg_private_key gpg_public_key html_template identity
    identity_pool jira_issue jira_project kb_article kb_category mail_transport mailbox mailing_list
    message metric notification oauth_app opportunity portal_page profile_tab profile_widget
    project_board project_board_column queue reminder resource saved_search sensor server snippet
    ticket time_entry timetracking_activity toolbar twitter_message webapi_credentials workspace
    workspace_list workspace_page workspace_tab workspace_widget
"""
RECORD_TYPES = tuple(_RECORD_TYPES.split())
"""Record types by their short name."""

PLUGIN_FAMILIES = ("cerberusweb.", "cerb.", "wgm.", "devblocks.")
"""How the ids of the format's own plugins begin."""

BUILT_IN_PLUGINS = ("cerberusweb.core", "devblocks.core", "cerb.webhooks", "cerb.bots.core")
"""Plugins whose work is part of this product."""

FIELDS = ("created", "created_at", "updated", "updated_at", "image", "watchers", "comments")
"""Keys that any record of the format may carry and that are set by themselves here."""


def known_record_type(name: str) -> str:
    """The short name of a type that we do not use yet, for its short or long name, or ``""``."""
    if name in RECORD_TYPES:
        return name
    short = name.rpartition(".contexts.")[2].replace(".", "_")
    return short if ".contexts." in name and short in RECORD_TYPES else ""
