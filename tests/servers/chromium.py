"""Chromium, as the tests start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMED = Path(__file__).parents[2] / ".tools" / "chromium-path"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--renderer-process-limit=1",
)


def _lasts(fixture_name: str, config: pytest.Config) -> str:
    """One for all where only browsers are tested: its event loop is in the way of other tests'."""
    return "session" if all("browser" in each for each in config.args) else "module"


@pytest.fixture(scope=_lasts)
def chromium() -> Iterator[Browser]:
    """Started with a fresh profile."""
    path = NAMED.read_text().strip() if NAMED.is_file() else shutil.which("chromium")
    if not path:
        pytest.fail("there is no Chromium; tools/get-chromium gets one", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
