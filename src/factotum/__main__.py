"""``python -m factotum``."""

from factotum.cli.main import main

main()
