"""What the commands about a part of a bin share: the option for the bin, and how one of several parts is named."""

from collections.abc import Sequence
from typing import Any

import click

from .client import complete_bins

bin_option = click.option(
    "--bin",
    envvar="SMSBIN_BIN",
    default=None,
    shell_complete=complete_bins,
    help="Id or unique name of the bin; optional if there is only one.",
)


def pick(items: Sequence[dict[str, Any]], wanted: str, noun: str) -> dict[str, Any]:
    """The one with this id or unique name. Raises click.UsageError, which names the command that lists them."""
    found = [item for item in items if item["id"] == wanted] or [item for item in items if item["name"] == wanted]
    if len(found) != 1:
        what = f"no {noun}" if not found else f"more than one {noun}"
        raise click.UsageError(f"There is {what} {wanted!r} in this bin; `smsbin {noun}s list` shows them.")
    return found[0]
