"""The product with a clock that a test steps: ``-m tests.crash.stepped FILE serve …``.

The file holds by how many seconds the clock is wrong, from the moment it is written.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from factotum import clock
from factotum.cli.main import main

file = Path(sys.argv.pop(1))
right = time.time


def wrong():
    return right() + float(file.read_text() or 0)


class Stepped(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(wrong(), tz)


time.time = wrong
clock.datetime = Stepped
sys.exit(main())
