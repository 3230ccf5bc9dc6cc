"""Styles, scripts and icons, served as they lie in the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator

from factotum.web import assets

CSS = assets.folders()[0] / "factotum"


async def get(path):
    """(status, headers) of the application's answer."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    exchange = ApplicationCommunicator(assets.Assets(), scope)
    await exchange.send_input({"type": "http.request", "body": b""})
    start = await exchange.receive_output(timeout=60)
    while (await exchange.receive_output(timeout=60)).get("more_body"):
        pass
    await exchange.wait(timeout=60)  # until the file is closed
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers


async def test_a_file_under_the_present_version_may_be_kept_for_a_year():
    status, headers = await get(f"/static/{assets.version()}/factotum/base.css")
    assert status == 200
    assert headers["cache-control"] == assets.A_YEAR
    assert headers["x-content-type-options"] == "nosniff"


async def test_another_version_gets_what_there_is_now_and_may_not_keep_it():
    status, headers = await get("/static/0123456789ab/factotum/base.css")
    assert status == 200
    assert "immutable" not in headers.get("cache-control", "")


async def test_scripts_of_libraries_are_found():
    status, _ = await get(f"/static/{assets.version()}/django_htmx/htmx-2.min.js")
    assert status == 200


@pytest.mark.parametrize("path", ["../../settings.py", "..", "", "factotum", "factotum/none.css"])
async def test_nothing_outside_the_folders_is_served(path):
    status, _ = await get(f"/static/{assets.version()}/{path}")
    assert status == 404


def test_every_icon_that_templates_name_is_in_the_sprite():
    sprite = set(re.findall(r'symbol id="([a-z]+)"', (CSS / "icons.svg").read_text()))
    templates = Path(assets.__file__).parent / "templates"
    named = {
        name
        for file in templates.rglob("*.html")
        for name in re.findall(r'{% icon "([a-z]+)"', file.read_text())
    }
    assert named - sprite == set()


def test_no_template_has_script_or_style_inside():
    """The content security policy would stop it."""
    templates = Path(assets.__file__).parent / "templates"
    for file in templates.rglob("*.html"):
        text = re.sub(r"{%.*?%}", "", file.read_text())
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text), file.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), file.name
