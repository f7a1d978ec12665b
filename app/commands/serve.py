"""`smsbin serve`: reads settings from flags and variables, and runs the server until it gets a signal."""

import os
from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from ..errors import Invalid
from ..settings import all_settings, read_settings, unknown_variables
from ..storage.postgres.addresses import read_address

PASSWORD_SHOWN = (
    "smsbin: Other users of this machine can read the password of --database in the list of processes. Set"  # noqa: S105  # no password
    " SMSBIN_DATABASE or SMSBIN_DATABASE_FILE instead."
)


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for item in reversed(all_settings()):
        option = click.option(
            item.flag, item.name, envvar=item.variable, show_envvar=True, metavar="TEXT",
            help=f"{item.help}  [default: {item.default}]",
        )  # fmt: skip
        function = option(function)
    return function


@click.command("serve", short_help="Listen.")
@_options
def command(**values: Any) -> None:
    """Start the server: capture URLs, pages and API.

    The first start creates an access token and a bin, and prints the link to open and the URLs to paste.
    """
    strange = unknown_variables(os.environ)
    if strange:
        raise Invalid(*strange)
    settings = read_settings({name: value for name, value in values.items() if value is not None})
    source = click.get_current_context().get_parameter_source("database")
    if settings.database and source is ParameterSource.COMMANDLINE and read_address(settings.database).has_password:
        click.echo(PASSWORD_SHOWN, err=True)
    from ..serving import serve

    serve(settings)
