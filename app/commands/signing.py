"""The options of commands that sign requests. The server does not give secrets back, so the user gives one in a
file."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..domain.signatures import Signing
from ..errors import CannotStart

if TYPE_CHECKING:
    from ..signatures.signer import Signer

Command = Callable[..., Any]
LABEL = "--secret-file"


def _read(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The secret in the file. Raises CannotStart."""
    if value is None:
        return None
    try:
        text = sys.stdin.read() if value == "-" else Path(value).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{value} cannot be read ({getattr(error, 'strerror', error)}).") from None
    return text.strip("\r\n")


def secret_file(command: Command) -> Command:
    """Add the options `--secret-file` and `--scheme`."""
    command = click.option("--scheme", default=None, help="Signature scheme.  [default: that of the provider]")(command)
    return click.option(
        LABEL, "secret", default=None, metavar="FILE", callback=_read, help="File with the secret; - is stdin."
    )(command)


def signer_for(sign: str, secret: str | None, names: Iterable[str | None]) -> "Signer | None":
    """What signs by the first of these schemes or providers; None: nothing does. Raises UsageError, Invalid."""
    if sign == Signing.NONE:
        return None
    if not secret:
        raise click.UsageError(f"--sign {sign} needs the secret: give {LABEL}.")
    from ..signatures.model import Secret
    from ..signatures.signer import choose_signer

    wanted = [name for name in names if name]
    return choose_signer([Secret(label=LABEL, value=secret)], wanted, wrongly=sign == Signing.INVALID, names_url=True)
