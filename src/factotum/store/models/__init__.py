"""Every table, one file a subject."""

from factotum.store.models.bots import Behavior, BehaviorRevision, Bot, WebhookListener
from factotum.store.models.chats import BotKey, Conversation
from factotum.store.models.linking import PendingLink, RefreshLease
from factotum.store.models.other_records import FileContent, Origin, OtherRecord
from factotum.store.models.runs import Effect, IdempotencyKey, Run, RunSteps, ScheduledRun
from factotum.store.models.secrets import DataKey, RootKeyCheck, SealedValue
from factotum.store.models.services import ConnectedAccount, ConnectedService
from factotum.store.models.signin import ApiToken, SignInLink
from factotum.store.models.workers import Worker

__all__ = [
    "ApiToken",
    "Behavior",
    "BehaviorRevision",
    "Bot",
    "BotKey",
    "ConnectedAccount",
    "ConnectedService",
    "Conversation",
    "DataKey",
    "Effect",
    "FileContent",
    "IdempotencyKey",
    "Origin",
    "OtherRecord",
    "PendingLink",
    "RefreshLease",
    "RootKeyCheck",
    "Run",
    "RunSteps",
    "ScheduledRun",
    "SealedValue",
    "SignInLink",
    "WebhookListener",
    "Worker",
]
