"""The database of the server, for commands that would otherwise open the data directory."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import CannotStart
from ..services.database import database_url
from ..settings import read_settings
from ..storage.postgres.addresses import describe

Command = TypeVar("Command", bound=Callable[..., Any])


def with_database(command: Command) -> Command:
    """Add the options that `given_database` takes, as `database` and `database_file`."""
    for option in (
        click.option(
            "--database-file", envvar="SMSBIN_DATABASE_FILE", show_envvar=True, default=None,
            help="File that holds that URL.",
        ),
        click.option(
            "--database", envvar="SMSBIN_DATABASE", show_envvar=True, default=None, metavar="URL",
            help="URL of the PostgreSQL database, if the server uses one.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def given_database(database: str | None, database_file: str | None) -> str | None:
    """The URL of the PostgreSQL database, or None. Raises Invalid, CannotStart."""
    given = {"database": database or "", "database_file": database_file or ""}
    return database_url(read_settings(given))


def refuse_backup(url: str, file: Path) -> CannotStart:
    """The error for `smsbin backup`, with the line to use."""
    return CannotStart(
        "The data is in a PostgreSQL database. Copy it with this command, which asks for the password:"
        f" pg_dump --format=custom --schema=smsbin_log --file={shlex.quote(str(file))} {shlex.quote(describe(url))}"
    )


def refuse_restore(url: str, file: Path) -> CannotStart:
    """The error for `smsbin restore`, with the line to use."""
    return CannotStart(
        "The data is in a PostgreSQL database. Stop all servers, and replace it with this command, which asks for the"
        " password: pg_restore --no-owner --clean --if-exists --single-transaction"
        f" --dbname={shlex.quote(describe(url))} {shlex.quote(str(file))}"
    )
