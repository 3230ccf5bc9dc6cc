"""The pages of docs/adding hold a plug-in and its test; both are true, because they are run here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python file=(\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted((ROOT / "docs" / "adding").glob("*.md"))


def test_there_is_a_page_for_everything_that_is_one_file():
    assert [page.stem for page in PAGES] == ["action", "record-type", "scheme", "trigger"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_page_shows_works(page, tmp_path):
    files = dict(BLOCK.findall(page.read_text()))
    assert len(files) == 2, "a plug-in and its test"
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
