"""What the API answers, as JSON Schema: the components of its description.

Records follow from their types' declared fields. ``tests/contracts`` holds real answers against this.
"""

from __future__ import annotations

from typing import Any

from factotum.core.fields import Field
from factotum.records.record_type import RecordType, record_types

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
NUMBER_OR_NULL: Schema = {"type": ["integer", "null"]}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
TIME: Schema = {"type": "string", "format": "date-time"}
TIME_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
VALUES: Schema = {"type": "object", "additionalProperties": True}
CURSOR: Schema = {**TEXT_OR_NULL, "description": "The `after` of the next page, null on the last"}


def ref(name: str) -> Schema:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def whole(properties: Schema, **more: Any) -> Schema:
    """An object that always has all of these."""
    return {"type": "object", "required": list(properties), "properties": properties, **more}


def many(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def page_of(items: Schema, **more: Schema) -> Schema:
    """One page of a list."""
    return whole({"items": many(items), "next": CURSOR, **more})


def answers(**by_status: Schema) -> Schema:
    """What an operation adds to the description: ``answers(ok=ref("Run"), accepted=…)``."""
    statuses = {"ok": 200, "accepted": 202}
    return {
        "responses": {
            statuses[name]: {"content": {"application/json": {"schema": schema}}}
            for name, schema in by_status.items()
        }
    }


def name_of(record_type: type[RecordType]) -> str:
    """The component's name: ``ConnectedAccount``."""
    return record_type.key.title().replace("_", "")


def record(type: str) -> Schema:
    """The component of a record type, by its key."""
    return ref("".join(part.title() for part in type.split("_")))


def components() -> dict[str, Schema]:
    """Every component, for the types that are loaded."""
    types = list(record_types.values())
    return {
        **{name_of(each): _record(each) for each in types},
        "Record": {
            "description": "A record of any type",
            "oneOf": [ref(name_of(each)) for each in types],
            "discriminator": {
                "propertyName": "type",
                "mapping": {each.key: ref(name_of(each))["$ref"] for each in types},
            },
        },
        **RUNS,
        **PACKAGES,
        "Consent": CONSENT,
        "Problem": PROBLEM,
    }


def _record(record_type: type[RecordType]) -> Schema:
    fields = {field.key: _value(field) for field in record_type.fields if not field.is_secret}
    own = {
        "id": NUMBER,
        "type": {"type": "string", "const": record_type.key},
        "label": {"type": "string", "description": "What people call it"},
        "url": {"type": "string", "description": "Its card's page"},
    }
    return {
        "type": "object",
        "title": record_type.label,
        "required": list(own),
        "properties": {**fields, **own},
    }


def _value(field: Field) -> Schema:
    """A value that is there, or null."""
    schema = field.schema()
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [*kinds, "null"]}


_RUN_LINE = {
    "id": TEXT,
    "status": {
        "enum": ["queued", "running", "waiting", "done", "failed", "cancelled", "interrupted"]
    },
    "title": TEXT,
    "trigger": TEXT,
    "driver": {
        "enum": ["attended", "durable", "simulated"],
        "description": "simulated: nothing was really sent; durable: nobody waited for it",
    },
    "behavior_id": NUMBER_OR_NULL,
    "revision": NUMBER_OR_NULL,
    "actor": TEXT,
    "started_at": TIME,
    "ended_at": TIME_OR_NULL,
    "priority": {**NUMBER_OR_NULL, "description": "Of a durable run: the lowest goes first"},
    "deadline": {**TIME_OR_NULL, "description": "After it a durable run does nothing more"},
    "wake_at": {**TIME_OR_NULL, "description": "When a waiting run goes on by itself"},
    "wait_code": {
        **TEXT_OR_NULL,
        "description": "Why it waits: delay, retry, checking, unknown, approval, held, or what there was no room for",
    },
    "wait_reason": {**TEXT_OR_NULL, "description": "Why it waits, for a person"},
    "error": {**TEXT_OR_NULL, "description": "Why it failed, for a person"},
    "code": {
        **TEXT_OR_NULL,
        "description": "Why it failed, for a program; stable. Of a request by hand that is done but "
        "was refused, http-404 and its like",
    },
    "cost": {
        "type": ["object", "null"],
        "description": "What its requests cost, or would cost at most; null: no price known",
        "required": ["usd", "is_estimate"],
        "properties": {"usd": TEXT, "is_estimate": FLAG},
    },
    "url": {"type": "string", "description": "Its page"},
}

_COMPARED = {**whole({"method": TEXT, "url": TEXT, "body": TEXT}), "type": ["object", "null"]}

REPLAY: Schema = whole(
    {
        "run_id": TEXT,
        "revision": NUMBER,
        "latest_revision": NUMBER,
        "is_same": {**FLAG, "description": "Whether it would decide and ask for the same"},
        "then": whole({"revision": NUMBER_OR_NULL, "status": TEXT, "error": TEXT_OR_NULL}),
        "now": whole({"revision": NUMBER_OR_NULL, "status": TEXT, "error": TEXT_OR_NULL}),
        "decisions": many(
            whole(
                {
                    "path": TEXT,
                    "title": TEXT,
                    "then": {
                        **TEXT_OR_NULL,
                        "description": "ok, passed, not-passed, skipped; null",
                    },
                    "now": TEXT_OR_NULL,
                }
            )
        ),
        "requests": many(
            whole(
                {
                    "path": TEXT,
                    "state": {"enum": ["same", "changed", "missing", "new"]},
                    "then": _COMPARED,
                    "now": _COMPARED,
                }
            )
        ),
        "notes": {**many(TEXT), "description": "What may not be as it was"},
    },
    description="A run beside what another revision would have done; nothing was sent",
)

RUNS: dict[str, Schema] = {
    "RunLine": whole(_RUN_LINE),
    "Run": whole(
        {
            **_RUN_LINE,
            "went_on": {
                **many(ref("WentOn")),
                "description": "After what it went on, the oldest first",
            },
            "placeholders": {**VALUES, "description": "Final values, secrets masked"},
            "answer": {**VALUES, "description": "What its event was answered with"},
            "steps": many(ref("Step")),
            "effects": many(ref("Effect")),
        }
    ),
    "WentOn": whole(
        {
            "at": TIME,
            "code": {
                "type": "string",
                "description": "A wait's code, or failed (it was tried again), or taken-over (the "
                "process that walked it had ended)",
            },
            "reason": TEXT,
        }
    ),
    "Step": whole(
        {
            "number": NUMBER,
            "path": {"type": "string", "description": "Where in the behavior's tree"},
            "kind": TEXT,
            "title": TEXT,
            "status": TEXT,
            "at": TIME,
            "ms": {"type": "number"},
            "data": VALUES,
        }
    ),
    "Effect": whole(
        {
            "key": TEXT,
            "run_id": TEXT,
            "path": TEXT,
            "attempt": NUMBER,
            "state": {
                "enum": ["intended", "sent", "answered", "refused", "unknown", "settled"],
                "description": "sent: it has left, and was not answered at once; refused: it was not done, for it was not sent or the service had no room; "
                "unknown: it may have arrived",
            },
            "outcome": {
                "enum": ["happened", "not-done", "given-up", "sent-again", None],
                "description": "How what was unknown was settled; sent-again: the next attempt, which "
                "carries the same idempotency key, tells",
            },
            "said_by": {
                **TEXT_OR_NULL,
                "description": "Who settled it: a person, read-back, or its key",
            },
            "method": TEXT,
            "url": TEXT,
            "account_id": NUMBER_OR_NULL,
            "status_code": NUMBER_OR_NULL,
            "intended_at": TIME,
            "sent_at": {**TIME_OR_NULL, "description": "Where it was not answered at once"},
            "answered_at": TIME_OR_NULL,
            "note": TEXT,
            "idempotency_key": {
                **TEXT_OR_NULL,
                "description": "What the service was sent with it, where it honours one",
            },
        },
        description="An unsafe request, in the ledger before it was sent",
    ),
    "Approval": whole(
        {
            "key": TEXT,
            "run_id": TEXT,
            "message": {**TEXT, "description": "What is to be approved"},
            "worker_id": {
                **NUMBER_OR_NULL,
                "description": "Who may say, beside admins; null: whoever may change the bot",
            },
            "asked_at": TIME,
            "expires_at": {**TIME_OR_NULL, "description": "After it, it counts as refused"},
            "outcome": {
                "enum": ["approved", "refused", "expired", None],
                "description": "expired: nobody has said in time; null: nobody has yet",
            },
            "said_by": TEXT_OR_NULL,
            "comment": TEXT_OR_NULL,
            "said_at": TIME_OR_NULL,
        },
        description="What a run asks a person for before it goes on",
    ),
    "RunPage": page_of(ref("RunLine")),
    "ApprovalPage": page_of(ref("Approval")),
    "EffectPage": page_of(ref("Effect")),
    "Replay": REPLAY,
}

CONSENT = whole({"authorize_url": TEXT, "state": TEXT, "expires_at": TIME_OR_NULL})

_REACH = {**whole({key: many(TEXT) for key in ("hosts", "scopes", "calls", "actions")})}
_IMPORTED = whole({"id": NUMBER_OR_NULL, "label": TEXT, "url": TEXT, "verb": TEXT})

PACKAGES: dict[str, Schema] = {
    "ImportPrompts": whole(
        {
            "status": {"const": "prompts"},
            "package": TEXT,
            "prompts": many(ref("ImportPrompt")),
            "reach": _REACH,
        },
        description="Nothing was imported: answer these",
    ),
    "ImportPrompt": whole(
        {
            "key": TEXT,
            "type": TEXT,
            "label": TEXT,
            "params": VALUES,
            "error": TEXT,
            "is_secret": FLAG,
            "choices": many(whole({"value": TEXT, "label": TEXT})),
        }
    ),
    "ImportResult": whole(
        {
            "status": {"enum": ["imported", "planned"]},
            "package": TEXT,
            "records": {
                "type": "object",
                "description": "Record type → uid → the record; ids are null in a plan",
                "additionalProperties": {"type": "object", "additionalProperties": _IMPORTED},
            },
            "repairs": many(TEXT),
            "warnings": many(TEXT),
            "reach": _REACH,
        }
    ),
    "LibraryPackage": whole(
        dict.fromkeys(("name", "title", "description", "category", "icon", "instructions"), TEXT)
    ),
}

PROBLEM: Schema = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable, `detail` is a sentence for a person.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT,
        "code": TEXT,
        "faults": {
            **many(
                {
                    "type": "object",
                    "required": ["path", "sentence"],
                    "properties": {"code": TEXT, "path": TEXT, "sentence": TEXT, "hint": TEXT},
                }
            ),
            "description": "Each fault of a package or a body, with its place",
        },
        "fields": {"type": "object", "additionalProperties": TEXT},
        "sent": {"type": ["boolean", "string"], "description": "Whether bytes may have left"},
        "node": TEXT,
    },
}
