"""``python -m factotum.sandbox``: run the sandbox alone."""

from __future__ import annotations

import argparse
import sys

from factotum.sandbox.server import DEFAULT_PORT, run
from factotum.sandbox.state import BadStateFile


def main() -> int:
    """Read the arguments and serve; gives the exit code."""
    parser = argparse.ArgumentParser(prog="factotum.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--state", metavar="FILE", help="keep everything in this file")
    chosen = parser.parse_args()
    sys.stdout.write(f"The sandbox is at http://{chosen.host}:{chosen.port}\n")
    sys.stdout.flush()
    try:
        run(chosen.host, chosen.port, chosen.state)
    except BadStateFile as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
