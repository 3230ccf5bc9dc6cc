"""Puts the API together. ``/api/docs`` shows it, ``/api/openapi.json`` describes it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from factotum import __version__
from factotum.web.api import (
    accounts,
    approvals,
    behaviors,
    budgets,
    packages,
    problems,
    proxy,
    records,
    runs,
    schedules,
    webhooks,
)
from factotum.web.api.bodies import StrictJson
from factotum.web.api.description import Described
from factotum.web.api.tokens import Token

api = Described(
    title="Factotum",
    version=__version__,
    description="Link accounts, run bots, call services. Errors are problem details (RFC 9457).",
    auth=Token(),
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
    parser=StrictJson(),
)
problems.register(api)
_ROUTERS = (
    packages,
    records,
    accounts,
    budgets,
    behaviors,
    runs,
    approvals,
    schedules,
    webhooks,
    proxy,
)
for _module in _ROUTERS:
    api.add_router("/v1", _module.router)

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
