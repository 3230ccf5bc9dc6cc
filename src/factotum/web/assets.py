"""Styles, scripts and icons: served as they lie in the tree, under an address that names their content.

The address holds a digest of all of them, so a browser may keep each for a year, and a script that
imports its neighbour by a relative address gets the one of the same version. No build step.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

PACKAGES = ("factotum.web", "django_htmx", "ninja")
A_YEAR = "public, max-age=31536000, immutable"


@cache
def folders() -> tuple[Path, ...]:
    """The ``static`` folder of every package that has pages."""
    specs = [find_spec(name) for name in PACKAGES]
    found = [Path(spec.origin).parent / "static" for spec in specs if spec and spec.origin]
    return tuple(folder for folder in found if folder.is_dir())


@cache
def version() -> str:
    """12 hex digits that change when any of our own files does."""
    digest = sha256()
    for file in sorted(folders()[0].rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


class Assets:
    """An ASGI application for ``/static/<version>/<path>``; any version gets what there is now."""

    def __init__(self) -> None:
        self._files = StaticFiles(directory=folders()[0])
        self._files.all_directories = list(folders())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or 404."""
        named, _, path = scope["path"].removeprefix("/static/").partition("/")
        response = await self._response(path, scope)
        if named == version() and response.status_code == 200:
            response.headers["cache-control"] = A_YEAR
        response.headers["x-content-type-options"] = "nosniff"
        await response(scope, receive, send)

    async def _response(self, path: str, scope: Scope) -> Response:
        try:
            return await self._files.get_response(path, scope)
        except HTTPException as problem:
            return PlainTextResponse("There is no such file.", problem.status_code)
