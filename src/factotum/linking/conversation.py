"""Carries a scheme's dialogue with its provider: sends what it yields, gives it the answers."""

from __future__ import annotations

from typing import TypeVar

from factotum.auth.scheme import Dialogue
from factotum.core.ports import Sender, SendOptions
from factotum.linking.connection import Connection

R = TypeVar("R")

ANSWER_SECONDS = 20.0
ANSWER_BYTES = 1024 * 1024


async def converse(dialogue: Dialogue[R], connection: Connection, sender: Sender) -> R:
    """The dialogue's result.

    The requests hold the service's own secrets, so they go only to the hosts of its URLs and follow
    no redirect. Refused and NoAnswer of the door pass through; the dialogue is then closed.
    """
    options = SendOptions(
        hosts=connection.scheme.hosts(connection.credentials),
        follow=0,
        timeout=ANSWER_SECONDS,
        max_bytes=ANSWER_BYTES,
        secrets=connection.secrets,
    )
    try:
        request = next(dialogue)
        while True:
            request = dialogue.send(await sender.send(request, options))
    except StopIteration as end:
        result: R = end.value
        return result
    finally:
        dialogue.close()
