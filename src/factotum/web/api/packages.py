"""``POST /packages/import``."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.web.api.answers import answers, many, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Packages"])


class PackageImport(Schema):
    """A package and the answers to its prompts."""

    package: dict[str, Any] = Field(description="The package, as published")
    prompts: dict[str, Any] | None = Field(
        None, description="Prompt key → answer; left out, the prompts come back"
    )
    plan: bool = Field(False, description="True shows what would happen and writes nothing")
    on_existing: Literal["update", "skip", "new"] = Field(
        "update", description="What to do with records an earlier import of this package made"
    )


IMPORT = {"oneOf": [ref("ImportResult"), ref("ImportPrompts")]}


@router.post("/packages/import", summary="Import a package", openapi_extra=answers(ok=IMPORT))
async def import_package(request: HttpRequest, body: PackageImport) -> dict[str, Any]:
    """Without answers the prompts come back; with them everything is imported or nothing."""
    result = await get_app().import_package(
        caller(request, "write"),
        body.package,
        body.prompts,
        plan=body.plan,
        on_existing=body.on_existing,
    )
    return result.as_json()


@router.get(
    "/packages/library",
    summary="Packages that come with Factotum",
    openapi_extra=answers(ok=many(ref("LibraryPackage"))),
)
async def library(request: HttpRequest) -> list[dict[str, str]]:
    """The featured ones first."""
    caller(request, "read")
    return [package.as_json() for package in get_app().library()]
