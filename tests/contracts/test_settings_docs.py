"""docs/operating.md lists every setting there is, and no other."""

import re
from pathlib import Path

from factotum.config import NAMES

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"


def test_every_setting_has_its_row():
    rows = re.findall(r"^\| `(FACTOTUM_\w+)` \|", PAGE.read_text(), re.MULTILINE)

    assert rows == list(NAMES)
