"""`smsbin wait [BIN] --match EXPR`: until an SMS is there, or must not be; for tests and for CI."""

import sys
from contextlib import suppress
from typing import Any

import click

from .. import clock
from ..domain.extracting import at_pointer, link, otp
from ..domain.units import parse_duration
from ..errors import CannotStart
from .client import Away, bin_argument, with_server
from .following import Patience, Since
from .hunting import Catch, Find, Hunt, Wish
from .nearest import nearest_miss
from .terminal import as_json, has_colours, line_of, put, until_interrupted, until_nobody_reads, visible

_MATCHED, _NO_MATCH, _FAILED = 0, 1, 4


class Duration(click.ParamType[float]):
    """Seconds, spelled `30s` or `5m`."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        try:
            return parse_duration(value).total_seconds()
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Extract(click.ParamType[Find]):
    """What is wanted of a match, as the function that finds it."""

    name = "what"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Find:
        """The function."""
        kind, _, pointer = value.partition(":")
        if value in ("otp", "link"):
            find = otp if value == "otp" else link
            return lambda item, _: _there(find(item["text"] or ""))
        if kind != "json":
            self.fail(f"{value!r} must be otp, link or json:/pointer.", param, ctx)
        try:
            with suppress(LookupError):
                at_pointer(None, pointer)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return lambda item, captures: at_pointer(captures.whole(item["n"]), pointer)


@click.command("wait", short_help="Wait for a capture.")
@bin_argument
@click.option(
    "-q", "--q", "--match", "match", required=True, metavar="EXPR", help="Filter for the captures to wait for."
)
@click.option(
    "--count", type=click.IntRange(min=1), default=1, show_default=True, help="Number of captures to wait for."
)
@click.option("--timeout", type=Duration(), default="30s", show_default=True, help="How long to wait; 0 checks once.")
@click.option(
    "--since", type=Since(), default="now", show_default=True,
    help="Captures that count: since the command started, since some time ago (5m), since a time, or after a number"
    " (#1040).",
)  # fmt: skip
@click.option(
    "--extract", type=Extract(), default=None, metavar="otp|link|json:/POINTER",
    help="Print only this of each match: the code of 4 to 8 digits in its text, the first link, or a field of the"
    " whole capture. A match without it does not count.",
)  # fmt: skip
@click.option(
    "--fail-on",
    default=None,
    metavar="EXPR",
    help="Filter for captures that must not arrive: if one does, exit with 4.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print each match as JSON, as in the API.")
@with_server
def command(
    bin: str | None, match: str, count: int, timeout: float, since: str, extract: Find | None, fail_on: str | None,
    wants_json: bool, **server: Any,
) -> int:  # fmt: skip
    """Wait until captures of BIN match, and print them.

    No capture is missed between two checks. If the server cannot be reached yet, wait retries.

    BIN is an id or a unique name; optional if there is only one bin. Use a separate bin for each test.

    \b
    Exit codes:
      0  matched
      1  no match in time; the nearest capture is printed
      2  wrong usage
      3  the server could not be reached, or the access token is wrong
      4  a capture matched --fail-on, with or without a match

    \b
    Examples:
      smsbin wait --match 'kind:inbound to:+14155550123' --extract otp
      smsbin wait --match 'id:SM12 status:delivered' --fail-on 'id:SM12 status:failed'
      smsbin wait --match 'role:fallback' --count 3 --since 5m --timeout 2m --json
    """
    end = clock.ticks() + timeout
    wish = Wish(match=match, count=count, since=since, extract=extract, fail_on=fail_on)
    hunt = Hunt(wish, bin, server, clock.started())
    code = _MATCHED
    with until_interrupted(), until_nobody_reads():
        code = _wait(hunt, end, wants_json=wants_json)
    if code == _NO_MATCH:
        _explain(hunt, timeout)
    return code


def _wait(hunt: Hunt, end: float, *, wants_json: bool) -> int:
    """The exit code. CannotStart when nobody ever answered."""
    patience = Patience()
    while True:
        is_last = clock.ticks() >= end
        try:
            look = hunt.go_on(end, at_once=patience.away)
            patience.found()
        except Away as error:
            if is_last and hunt.captures is None:
                raise
            hunt.was_away = True
            if not is_last:
                patience.lost(error, most_s=end - clock.ticks())
        else:
            for catch in look.caught:
                _show(catch, hunt.wish, wants_json=wants_json)
            if look.bad:
                click.echo(f"smsbin: --fail-on matched: {line_of(look.bad)}", err=True)
                return _FAILED
            if hunt.is_over:
                return _MATCHED
        if is_last:
            return _NO_MATCH


def _show(catch: Catch, wish: Wish, *, wants_json: bool) -> None:
    if wish.extract is None:
        put(as_json(catch.item) if wants_json else line_of(catch.item, colours=has_colours()))
    elif wants_json or not isinstance(catch.value, str):
        put(as_json(catch.value))
    else:
        # A program gets the value as it is.
        put(visible(catch.value) if sys.stdout.isatty() else catch.value)


def _explain(hunt: Hunt, timeout: float) -> None:
    """How many came, and what came nearest."""
    wish, came = hunt.wish, hunt.done - hunt.began
    told = [f"{came:,} {'capture' if came == 1 else 'captures'} arrived"]
    if wish.count > 1:
        told.append(f"{hunt.matched} of {wish.count} matched")
    if hunt.lacking:
        told.append(f"{hunt.lacking} matched but had nothing for --extract")
    click.echo(f"smsbin: no match in {timeout:g} s: {', '.join(told)}.", err=True)
    try:
        miss = nearest_miss(hunt.captures, wish.match, hunt.began) if hunt.captures else None
    except CannotStart as error:
        click.echo(f"smsbin: cannot show the nearest capture. {error}", err=True)
        return
    if miss:
        click.echo(f"  nearest: {line_of(miss.item)}", err=True)
        click.echo(f"  does not match: {visible(' '.join(miss.terms))}", err=True)


def _there(value: str | None) -> str:
    if value is None:
        raise LookupError
    return value
