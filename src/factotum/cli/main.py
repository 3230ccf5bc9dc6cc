"""The command ``factotum``. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from factotum import __version__
from factotum.cli import (
    accounts,
    behaviors,
    demo,
    listing,
    maintenance,
    packages,
    people,
    servers,
)
from factotum.config import WrongSetting
from factotum.core.errors import FactotumError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="factotum")
def factotum() -> None:
    """Link accounts and put bots to work with them."""


for _family in (servers, demo, packages, listing, accounts, behaviors, people, maintenance):
    for _command in _family.COMMANDS:
        factotum.add_command(_command)


def main() -> None:
    """Run the command line; what went wrong is one plain sentence on stderr."""
    try:
        factotum.main(prog_name="factotum", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.UsageError as wrong:
        wrong.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        _fail("Stopped.")
    except BrokenPipeError:
        # whoever read what is printed has read enough; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except click.ClickException as error:
        _fail(error.format_message())
    except (FactotumError, WrongSetting) as error:
        _fail(str(error))


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
