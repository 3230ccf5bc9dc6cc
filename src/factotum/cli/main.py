"""The command ``factotum``. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from factotum import __version__
from factotum.config import WrongSetting
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import FactotumError

FAMILIES = {
    "servers": ("serve", "worker", "sandbox"),
    "demo": ("demo",),
    "packages": ("import", "export"),
    "listing": ("services", "accounts", "bots", "behaviors", "webhooks"),
    "runs": ("runs",),
    "approvals": ("approvals", "approve"),
    "accounts": ("link", "call"),
    "behaviors": ("run",),
    "schedules": ("schedules",),
    "people": ("user", "token"),
    "maintenance": ("doctor", "migrate"),
}
"""Module → the commands in it."""


class Commands(click.Group):
    """Loads a family when one of its commands is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted(name for names in FAMILIES.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None where there is none."""
        for family, names in FAMILIES.items():
            if cmd_name in names:
                commands: tuple[click.Command, ...] = import_module(
                    f"factotum.cli.{family}"
                ).COMMANDS
                return next(command for command in commands if command.name == cmd_name)
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="factotum")
def factotum() -> None:
    """Link accounts and put bots to work with them."""


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
    except (FactotumError, StoreAway, WrongSetting) as error:
        _fail(str(error))


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
