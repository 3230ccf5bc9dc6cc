"""Events that the file format knows and that do not happen here yet, with their labels."""

from __future__ import annotations

from collections.abc import Mapping

UNAVAILABLE: Mapping[str, str] = {
    "event.ajax.request": "Respond to Ajax HTTP request",
    "event.comment.created.worker": "Record commented on",
    "event.comment.ticket.group": "New comment on conversation in group",
    "event.contact.registered.sc": "New contact registered in Support Center",
    "event.dashboard.widget.get_metric": "Dashboard get metric for widget",
    "event.dashboard.widget.render": "Dashboard render widget",
    "event.data.query.datasource": "Data query datasource",
    "event.form.interaction.worker": "Form interaction",
    "event.interaction.chat.portal": "Conversation handle interaction with portal visitor",
    "event.interactions.get.portal": "Conversation get interactions for portal visitor",
    "event.mail.after.sent": "After message sent from worker",
    "event.mail.after.sent.group": "After message sent from group member",
    "event.mail.assigned.group": "Conversation assigned in group",
    "event.mail.before.sent": "Before message sent from worker",
    "event.mail.closed.group": "Conversation closed in group",
    "event.mail.compose.pre.ui.worker": "Before composing a new message",
    "event.mail.moved.group": "Conversation moved in group",
    "event.mail.received": "New message added to ticket",
    "event.mail.received.app": "Before new incoming message is accepted",
    "event.mail.received.group": "New message added to ticket in this group",
    "event.mail.received.watcher": "New message on a watched ticket",
    "event.mail.reply.during.ui.worker": "While composing a message reply",
    "event.mail.reply.pre.ui.worker": "Before composing a message reply",
    "event.mail.sent.group": "Before message sent from group member",
    "event.message.chat.mobile.worker": "Conversation with worker on a phone",
    "event.message.chat.portal": "Conversation with portal visitor",
    "event.notification.received.worker": "New notification for me",
    "event.task.created.worker": "New task created by worker",
    "event.ticket.viewed.worker": "After ticket profile viewed by a worker",
    "event.ui.card.editor.opened.worker": "Record editor opened",
    "event.ui.worklist.render.worker": "Render record worklist",
    "wgmjira.event.issue.commented": "New comment on JIRA issue",
    "wgmjira.event.issue.created": "New JIRA issue",
    "wgmjira.event.issue.status.changed": "New status on JIRA issue",
}

MACROS: Mapping[str, str] = {
    "event.macro.address": "Custom behavior on email address",
    "event.macro.asset": "Custom behavior on asset",
    "event.macro.calendar": "Custom behavior on calendar",
    "event.macro.calendar_event": "Custom behavior on calendar event",
    "event.macro.call": "Custom behavior on call",
    "event.macro.crm.opportunity": "Custom behavior on opportunity",
    "event.macro.domain": "Custom behavior on domain",
    "event.macro.feeditem": "Custom behavior on feed item",
    "event.macro.jira_issue": "Custom behavior on JIRA issue",
    "event.macro.jira_project": "Custom behavior on JIRA project",
    "event.macro.kb_article": "Custom behavior on knowledgebase article",
    "event.macro.message": "Custom behavior on message",
    "event.macro.notification": "Custom behavior on notification",
    "event.macro.reminder": "Custom behavior on reminder",
    "event.macro.sensor": "Custom behavior on sensor",
    "event.macro.server": "Custom behavior on server",
    "event.macro.ticket": "Custom behavior on ticket",
    "event.macro.timetracking": "Custom behavior on time tracking entry",
}
"""Custom behaviors on record types that are not kept here yet."""


def label_of(key: str) -> str:
    """The label of an event that is known and not available, or ""."""
    if key.startswith("event.macro.custom_record."):
        return "Custom behavior on custom record"
    return UNAVAILABLE.get(key) or MACROS.get(key) or ""
