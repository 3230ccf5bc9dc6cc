"""The product, killed where it passes a named point: ``-m tests.crash.dying POINT serve …``.

``POINT*2`` is the second time that it comes there.
"""

import os
import signal
import sys

from factotum.cli.main import main
from factotum.core import crash_points

point, _, times = sys.argv.pop(1).partition("*")
left = iter(range(int(times or 1) - 1))


def die(passed):
    if passed == point and next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)


crash_points.install(die)
sys.exit(main())
