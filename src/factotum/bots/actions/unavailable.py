"""Actions that the file format knows and that cannot be done yet, with their labels.

Behaviors keep them and say so by name; a run that comes to one stops there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

UNAVAILABLE: Mapping[str, str] = {
    "_create_calendar_event": "Create calendar event",
    "_get_links": "Get links",
    "_get_worklist_metric": "Get worklist metric",
    "_set_custom_var_snippet": "Set placeholder using snippet",
    "add_api_response": "Add API response",
    "add_recipients": "Add recipients",
    "add_watchers": "Add watchers",
    "append_to_content": "Append text to message content",
    "calls.event.action.post": "Log call",
    "copy_notification": "Copy notification",
    "core.bot.action.automation": "Run automation",
    "core.bot.action.create_reminder": "Create reminder",
    "core.bot.action.data_query": "Execute data query",
    "core.bot.action.email_parser": "Parse email",
    "core.bot.action.interaction_proactive.schedule": "Schedule proactive interaction",
    "core.bot.action.package.import": "Import package",
    "core.bot.action.pgp.decrypt": "PGP decrypt",
    "core.bot.action.pgp.encrypt": "PGP encrypt",
    "core.va.action.classifier_prediction": "Make classifier prediction",
    "core.va.action.create_attachment": "Create attachment",
    "create_attachment": "Create attachment",
    "create_comment": "Create comment",
    "create_message_note": "Create message sticky note",
    "create_notification": "Create notification",
    "create_reminder": "Create reminder",
    "create_task": "Create task",
    "create_ticket": "Create ticket",
    "exec_jquery": "Execute jQuery script",
    "move_to": "Move to",
    "prepend_to_content": "Prepend text to message content",
    "prompt_captcha": "Prompt with CAPTCHA",
    "prompt_checkboxes": "Prompt with multiple choices",
    "prompt_radios": "Prompt with single choice",
    "prompt_rating_number": "Prompt with rating",
    "prompt_sheet": "Prompt with sheet",
    "prompt_submit": "Prompt with submit",
    "redirect_email": "Redirect to another address",
    "reject": "Reject message",
    "relay_email": "Relay to external email",
    "remove_attachments": "Remove attachments",
    "remove_recipients": "Remove recipients",
    "render_html": "Render with HTML",
    "replace_content": "Replace text in message content",
    "replace_on_sent": "Replace text once sent",
    "respond_sheet": "Respond with sheet",
    "respond_text": "Respond with text",
    "return_data": "Return data",
    "return_value": "Return value",
    "schedule_email_recipients": "Schedule email to recipients",
    "send_email": "Send email",
    "send_email_recipients": "Send email to recipients",
    "send_email_sender": "Reply to sender",
    "set_due_date": "Set due date",
    "set_header": "Set message header",
    "set_importance": "Set importance",
    "set_is_banned": "Set whether banned",
    "set_is_defunct": "Set whether defunct",
    "set_is_voided": "Set whether voided",
    "set_links": "Set links",
    "set_org": "Set organization",
    "set_owner": "Set owner",
    "set_reopen_date": "Set reopen date",
    "set_sender_is_banned": "Set whether the sender is banned",
    "set_sender_is_defunct": "Set whether the sender is defunct",
    "set_spam_training": "Set spam training",
    "set_status": "Set status",
    "set_subject": "Set subject",
    "set_timezone": "Set time zone",
    "unlink_records": "Unlink records",
    "va.action.create_asset": "Create asset",
    "va.action.create_domain": "Create domain",
    "va.action.create_opportunity": "Create opportunity",
    "va.action.create_server": "Create server",
    "wgm.aws.bot.action.get_presigned_url": "Get AWS pre-signed URL",
    "wgmcampfire.event.action.post": "Post to Campfire",
    "wgmclickatell.event.action.send_sms": "Send SMS via Clickatell",
    "wgmfacebook.event.action.post": "Post to Facebook page",
    "wgmhipchat.event.action.post": "Post to HipChat",
    "wgmjira.event.action.api_call": "Call the JIRA API",
    "wgmshiftplanning.event.action.get_available_workers": "Get available workers from ShiftPlanning",
    "wgmtwilio.event.action.send_sms": "Send SMS via Twilio",
    "wgmtwitter.event.action.post": "Update Twitter status",
}

_CUSTOM_FIELD = re.compile(r"set_cf_(?:[a-z_]+_)?custom_\d+\Z")


def label_of(key: str) -> str:
    """The label of an action that is known and not available, or "".

    >>> label_of("set_cf_ticket_custom_5"), label_of("set_cf_custom_5")
    ('Set custom field', 'Set custom field')
    """
    return "Set custom field" if _CUSTOM_FIELD.match(key) else UNAVAILABLE.get(key, "")


def shown(key: str) -> str:
    """An action's id for people: a custom field's number says nothing to them.

    >>> shown("set_cf_custom_5"), shown("send_email")
    ('set_cf_custom_…', 'send_email')
    """
    return f"{key.rstrip('0123456789')}…" if _CUSTOM_FIELD.match(key) else key
