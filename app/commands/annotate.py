"""`smsbin annotate`: changes pin, note and tags of captures of a running server."""

from typing import Any

import click

from .client import complete_bins, connect, in_path, with_server
from .terminal import as_json as json_line
from .terminal import print_line

NOTHING = "Give at least one of --pin, --unpin, --note, --tag and --untag."
WHICH = "Give the numbers of captures, or --match with a filter."
# Numbers in one call of the API.
_AT_ONCE = 500


@click.command("annotate", short_help="Change pin, note and tags of captures.")
@click.argument("numbers", metavar="[N]...", nargs=-1, type=click.IntRange(1))
@click.option("--match", "match", default=None, metavar="FILTER", help="All captures that match, instead of numbers.")
@click.option("--pin/--unpin", "pinned", default=None, help="Pin them, or remove the pin.")
@click.option("--note", default=None, metavar="TEXT", help='Replace the note; "" removes it.')
@click.option("--tag", "add", multiple=True, metavar="TAG", help="Add a tag; may be given several times.")
@click.option("--untag", "remove", multiple=True, metavar="TAG", help="Remove a tag; may be given several times.")
@click.option(
    "--bin",
    "bin",
    envvar="SMSBIN_BIN",
    default=None,
    shell_complete=complete_bins,
    help="Id or unique name of the bin.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@with_server
def command(
    numbers: tuple[int, ...], match: str | None, pinned: bool | None, note: str | None, add: tuple[str, ...],
    remove: tuple[str, ...], bin: str | None, as_json: bool, **server: Any,
) -> int:  # fmt: skip
    """Change pin, note and tags of captures, by their numbers or by a filter.

    \b
    smsbin annotate 42 --pin --note "customer called back"
    smsbin annotate --match "status:failed after:1h" --tag late

    Exit codes: 0 done, 1 some were left as they are, because they would have too many tags, 2 usage, 3 the server
    cannot be reached.
    """
    if bool(numbers) == (match is not None):
        raise click.UsageError(WHICH)
    values = {"pinned": pinned, "note": note, "add": list(add), "remove": list(remove)}
    if pinned is None and note is None and not add and not remove:
        raise click.UsageError(NOTHING)
    client = connect(**server)
    captures = f"/bins/{in_path(client.find_bin(bin)['id'])}/captures"
    changed, refused = 0, 0
    parts: list[dict[str, Any]]
    if match is None:
        parts = [{"numbers": list(numbers[at : at + _AT_ONCE])} for at in range(0, len(numbers), _AT_ONCE)]
    else:
        found = client.get(f"{captures}/count", q=match)
        parts = [{"q": match, "upto": found["upto"], "at": found["at"]}]
    for part in parts:
        after: int | None = 0
        while after is not None:
            step = client.send("POST", f"{captures}/annotate", {**part, **values, "after": after})
            changed, refused, after = changed + step["changed"], refused + step["refused"], step["next"]
    if as_json:
        print_line(json_line({"changed": changed, "refused": refused}))
    rest = f", {refused:,} have too many tags" if refused else ""
    click.echo(f"{changed:,} changed{rest}.", err=True)
    return 1 if refused else 0
