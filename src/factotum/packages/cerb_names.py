"""Names of the file format that this product knows of and does not use yet.

A name on these lists is kept as data and reported as not available yet; a name on none of them is
most likely a misspelling.
"""

from __future__ import annotations

RECORD_TYPES = {
    name: f"cerberusweb.contexts.{name.replace('_', '.')}"
    for name in (
        "activity_log address attachment automation_event automation_resource automation_timer "
        "behavior_node bucket calendar calendar_event calendar_recurring_profile call card_widget "
        "classifier classifier_class classifier_entity classifier_example community_portal "
        "connected_app cron_job currency custom_field custom_fieldset custom_record "
        "custom_record_type domain draft drafts email_signature feed feedback feeditem "
        "file_bundle gpg_private_key gpg_public_key html_template identity identity_pool "
        "jira_issue jira_project kb_article kb_category mail_transport mailbox mailing_list "
        "mail_delivery_log message metric notification oauth_app opportunity package portal_page "
        "profile_tab profile_widget project_board project_board_column queue reminder resource "
        "saved_search sensor server snippet status ticket time_entry timetracking_activity "
        "toolbar twitter_message webapi_credentials workspace workspace_list workspace_page "
        "workspace_tab workspace_widget automation"
    ).split()
}
"""Record types by their short name, with the long one that most of them have."""

PLUGINS = frozenset(
    (
        "cerberusweb.core devblocks.core cerberusweb.calls cerberusweb.crm cerberusweb.datacenter "
        "cerberusweb.datacenter.domains cerberusweb.datacenter.sensors cerberusweb.datacenter.servers "
        "cerberusweb.feed_reader cerberusweb.feedback cerberusweb.kb cerberusweb.mail_html "
        "cerberusweb.mobile cerberusweb.profiler cerberusweb.reports cerberusweb.restapi "
        "cerberusweb.simulator cerberusweb.support_center cerberusweb.timetracking "
        "cerberusweb.watchers cerb.annoy_o_tron cerb.bots.portal.widget cerb.demo cerb.legacy.print "
        "cerb.profile.attachments cerb.project_boards cerb.webhooks wgm.aws wgm.bitbucket "
        "wgm.clickatell wgm.dropbox wgm.facebook wgm.freshbooks wgm.github wgm.google.cse "
        "wgm.google.hangouts wgm.gpg_private_keys wgm.hipchat wgm.jira wgm.ldap wgm.linkedin "
        "wgm.login.password.google_auth wgm.mailing_lists wgm.markdown wgm.nest wgm.notifications.emailer "
        "wgm.plugin.example wgm.salesforce wgm.shopify wgm.slack wgm.smartsheet wgm.storage.s3.gatekeeper "
        "wgm.stripe wgm.tech_support wgm.ticket.auto_responder wgm.twilio wgm.twitter wgm.xero wgm.yelp"
    ).split()
)
"""Plugins that packages name in ``requires.plugins``."""

FIELDS = frozenset(
    (
        "created created_at updated updated_at image links _image created_at_secs "
        "last_activity_at watchers comments"
    ).split()
)
"""Keys that any record of the format may carry and that are set by themselves here."""


def known_record_type(name: str) -> str:
    """The short name of a type that we do not use yet, for its short or long name, or ``""``."""
    if name in RECORD_TYPES:
        return name
    short = name.rpartition(".contexts.")[2].replace(".", "_")
    return short if ".contexts." in name and short in RECORD_TYPES else ""
