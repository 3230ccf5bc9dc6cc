"""Record types that the file format has and that are not kept here yet, by their names.

A package's records of these types are kept as data; what a bot would do with them is not available
yet. A name that is neither here nor a record type's is most likely a misspelling.
"""

from __future__ import annotations

_RECORD_TYPES = """
    activity_log address asset automation automation_event automation_event_listener
    automation_policy automation_resource automation_timer behavior_node bucket calendar
    calendar_event calendar_recurring_event calendar_recurring_profile call card_widget classifier
    classifier_class classifier_entity classifier_example community_portal connected_app currency
    custom_field custom_fieldset custom_record domain draft email_signature feed feed_item feedback
    file_bundle freshbooks_client freshbooks_invoice gpg_private_key gpg_public_key html_template
    identity identity_pool jira_issue jira_project kb_article kb_category mail_transport mailbox
    mailing_list message metric notification oauth_app opportunity portal_page profile_tab
    profile_widget project_board project_board_column queue reminder resource saved_search
    scheduled_behavior sensor server skill skillset snippet ticket time_entry timetracking_activity
    toolbar toolbar_section twitter_message webapi_credentials workspace workspace_list
    workspace_page workspace_tab workspace_widget
"""
RECORD_TYPES = tuple(_RECORD_TYPES.split())
"""Record types by their short name."""

_OTHER_NAMES = {
    "behavior.scheduled": "scheduled_behavior",
    "calendar_event.recurring": "calendar_recurring_event",
    "client": "freshbooks_client",
    "context.saved.search": "saved_search",
    "crm.opportunity": "opportunity",
    "datacenter.domain": "domain",
    "datacenter.sensor": "sensor",
    "datacenter.server": "server",
    "drafts": "draft",
    "email.signature": "email_signature",
    "feeditem": "feed_item",
    "invoice": "freshbooks_invoice",
    "mail.draft": "draft",
    "mail.html_template": "html_template",
    "mail.transport": "mail_transport",
    "portal": "community_portal",
    "timetracking": "time_entry",
    "webapi.credential": "webapi_credentials",
}
"""What stands after ``.contexts.`` in a long name that differs from the short one."""


def known_record_type(name: str) -> str:
    """The short name of a type that we do not use yet, for its short or long name, or ``""``.

    >>> known_record_type("cerberusweb.contexts.mail.transport"), known_record_type("tickets")
    ('mail_transport', 'ticket')
    """
    rest = name.rpartition(".contexts.")[2]
    names = (_OTHER_NAMES.get(rest, ""), rest.replace(".", "_"), rest.removesuffix("s"))
    return next((each for each in names if each in RECORD_TYPES), "")
