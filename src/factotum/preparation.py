"""What has to be there before the product is put together: Django, a folder, a database.

Apart from ``bootstrap``, so that bringing the database to this version loads nothing that runs bots.
"""

from __future__ import annotations

import os

import django

from factotum.config import Config, WrongSetting, load


def set_up_django() -> None:
    """Make the models importable; may be called again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factotum.web.settings")
    django.setup()


def migrate() -> list[str]:
    """Bring the database to this version; the migrations that were applied, ``store.0001_initial``.

    WrongSetting where the root key is not the one that this database was sealed with.
    """
    set_up_django()
    from factotum.store import migrating
    from factotum.store.root_key import load as load_root_key
    from factotum.store.root_rotation import check_root_key

    config = load(os.environ)
    make_folder(config)
    applied = migrating.migrate()
    check_root_key(load_root_key(config))
    return applied


def make_ready() -> None:
    """For a command beside the server or before it: a new database is made.

    Refused where there is one of another version: that is for ``migrate`` to change, when asked.
    """
    set_up_django()
    from factotum.store import migrating

    make_folder(load(os.environ))
    if migrating.is_new():
        migrate()


def make_folder(config: Config) -> None:
    """The data folder and what the database is begun with; WrongSetting where it cannot be made."""
    from factotum.store import database

    try:
        config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        raise WrongSetting(
            f"The data folder {config.data} cannot be made: {why.strerror}. Set FACTOTUM_DATA to "
            "one that can."
        ) from None
    database.begin_file(config.database_url)
