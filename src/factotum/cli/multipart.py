"""``-F NAME=VALUE`` and ``-F NAME=@FILE`` as a multipart/form-data body (RFC 7578)."""

from __future__ import annotations

import mimetypes
from pathlib import Path

import click


def encode_multipart(form: tuple[str, ...]) -> tuple[str, bytes]:
    """(content type, body) of these parts; wrong usage where one cannot be read."""
    from urllib3.filepost import encode_multipart_formdata

    parts: list[tuple[str, str | tuple[str, bytes, str]]] = []
    for pair in form:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.UsageError(f"-F wants NAME=VALUE or NAME=@FILE, not {pair!r}.")
        parts.append((name, _file(value[1:]) if value.startswith("@") else value))
    body, content_type = encode_multipart_formdata(parts)
    return content_type, body


def _file(name: str) -> tuple[str, bytes, str]:
    path = Path(name)
    if not path.is_file():
        raise click.UsageError(f"There is no file {name}.")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return path.name, path.read_bytes(), kind
