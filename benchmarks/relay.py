"""A bare aiohttp relay: a server that asks the upstream and answers what it got. No more.

python -m benchmarks.relay PORT URL
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import aiohttp
import uvloop
from aiohttp import web

SESSION = web.AppKey("session", aiohttp.ClientSession)
URL = web.AppKey("url", str)


async def _relay(request: web.Request) -> web.Response:
    async with request.app[SESSION].get(request.app[URL]) as answer:
        return web.Response(body=await answer.read(), content_type=answer.content_type)


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as app[SESSION]:
        yield


def main(port: int, url: str) -> None:
    uvloop.install()
    app = web.Application()
    app[URL] = url
    app.cleanup_ctx.append(_session)
    app.router.add_get("/", _relay)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
