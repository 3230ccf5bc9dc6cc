"""Every table, one file a subject."""

from factotum.store.models.approvals import Approval
from factotum.store.models.bots import Behavior, BehaviorRevision, Bot, WebhookListener
from factotum.store.models.chats import BotKey, Conversation
from factotum.store.models.deliveries import Delivery, RefusedDeliveries
from factotum.store.models.limits import Cap, LimitUse, LimitWindow, Meter, PriceTable, Reservation
from factotum.store.models.linking import PendingLink, RefreshLease
from factotum.store.models.other_records import FileContent, Origin, OtherRecord
from factotum.store.models.runs import (
    DoneChange,
    Effect,
    Executor,
    IdempotencyKey,
    LatestTime,
    Lease,
    Recorded,
    Run,
    RunSteps,
    ScheduledRun,
)
from factotum.store.models.schedules import Schedule
from factotum.store.models.secrets import DataKey, RootKeyCheck, SealedValue
from factotum.store.models.services import ConnectedAccount, ConnectedService
from factotum.store.models.signin import ApiToken, Attempts, SignInLink
from factotum.store.models.workers import Worker

__all__ = [
    "ApiToken",
    "Approval",
    "Attempts",
    "Behavior",
    "BehaviorRevision",
    "Bot",
    "BotKey",
    "Cap",
    "ConnectedAccount",
    "ConnectedService",
    "Conversation",
    "DataKey",
    "Delivery",
    "DoneChange",
    "Effect",
    "Executor",
    "FileContent",
    "IdempotencyKey",
    "LatestTime",
    "Lease",
    "LimitUse",
    "LimitWindow",
    "Meter",
    "Origin",
    "OtherRecord",
    "PendingLink",
    "PriceTable",
    "Recorded",
    "RefreshLease",
    "RefusedDeliveries",
    "Reservation",
    "RootKeyCheck",
    "Run",
    "RunSteps",
    "Schedule",
    "ScheduledRun",
    "SealedValue",
    "SignInLink",
    "WebhookListener",
    "Worker",
]
