"""A service's answer as the ledger keeps it: sealed, until its run goes away.

It is needed where a process dies between the answer and the step's record: then the answer is given
again and nothing is sent a second time.
"""

from __future__ import annotations

import base64
import json

from factotum.core.http import Response
from factotum.runs.ports import Sealer

LONGEST = 1024 * 1024
"""Bytes of a body that are kept; of a longer one only status and headers."""


def keep_answer(response: Response, sealer: Sealer) -> str:
    """The answer as sealed text."""
    body = response.body if len(response.body) <= LONGEST else b""
    clear = {
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "body": base64.b64encode(body).decode("ascii"),
        "url": response.url,
        "is_redirected": response.is_redirected,
    }
    return base64.b64encode(sealer.seal(json.dumps(clear).encode())).decode("ascii")


def kept_answer(text: str, sealer: Sealer) -> Response:
    """The answer again."""
    clear = json.loads(sealer.unseal(base64.b64decode(text)))
    return Response(
        status=clear["status"],
        headers=tuple((name, value) for name, value in clear["headers"]),
        body=base64.b64decode(clear["body"]),
        url=clear["url"],
        is_redirected=clear.get("is_redirected", False),
    )
