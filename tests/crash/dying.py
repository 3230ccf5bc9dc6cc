"""The product, killed where it passes a named point: ``-m tests.crash.dying POINT serve …``."""

import os
import signal
import sys

from factotum.cli.main import main
from factotum.core import crash_points

point = sys.argv.pop(1)


def die(passed):
    if passed == point:
        os.kill(os.getpid(), signal.SIGKILL)


crash_points.install(die)
sys.exit(main())
