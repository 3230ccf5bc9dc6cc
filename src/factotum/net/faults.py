"""Why no answer came, in a sentence: aiohttp's errors become ``NoAnswer``."""

from __future__ import annotations

import aiohttp

from factotum.core.errors import NoAnswer
from factotum.net.codings import CannotDecode
from factotum.net.connector import Attempt


def no_answer(error: BaseException, attempt: Attempt) -> NoAnswer:
    """What this error means for the request. The sentence names the host and never the whole URL."""
    code, what = _meaning(error)
    tail = "" if attempt.has_left else " Nothing was sent."
    return NoAnswer(f"{attempt.origin} {what}{tail}", sent=attempt.has_left, code=code)


def _meaning(error: BaseException) -> tuple[str, str]:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "dns-failed", "was not found: the name has no address."
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return "tls-failed", f"could not be trusted: {_tls_reason(error)}."
        case aiohttp.ConnectionTimeoutError():
            return "timeout", "did not accept a connection in time."
        case aiohttp.ClientConnectorError():
            return "no-connection", "did not accept a connection."
        case TimeoutError():
            return "timeout", "did not answer in time."
        case CannotDecode():
            return "bad-answer", str(error)
        case aiohttp.ClientResponseError():
            return "bad-answer", "answered with something that is no HTTP answer."
        case _:
            return "connection-cut", "closed the connection before its answer was complete."


def _tls_reason(error: BaseException) -> str:
    """OpenSSL's words for a failed handshake: ``certificate has expired``, ``wrong version number``."""
    cause: BaseException = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
    words = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or ""
    return str(words).replace("_", " ").lower() or "the TLS handshake failed"
