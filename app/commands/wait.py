"""`smsbin wait [BIN] --match EXPR`: waits for a capture, or checks that none comes; for tests and CI."""

import sys
from contextlib import suppress
from typing import Any

import click

from .. import clock
from ..domain.extracting import at_pointer, link, otp
from ..domain.units import parse_duration
from ..errors import CannotStart
from .client import ServerUnreachable, bin_argument, with_server
from .nearest import nearest_miss
from .polling import RetryBackoff, Since
from .searching import CaptureSearch, Find, Match, WaitRequest
from .terminal import as_json, has_colours, line_of, print_line, until_interrupted, until_stdout_closes, visible

_MATCHED, _NO_MATCH, _FAILED = 0, 1, 4


class Duration(click.ParamType[float]):
    """Seconds, written as `30s` or `5m`."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number of seconds."""
        try:
            return parse_duration(value).total_seconds()
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Extract(click.ParamType[Find]):
    """What to extract from a match, as a function."""

    name = "what"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Find:
        """The function that extracts the value."""
        kind, _, pointer = value.partition(":")
        if value in ("otp", "link"):
            find = otp if value == "otp" else link
            return lambda item, _: _required(find(item["text"] or ""))
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
    wanted = WaitRequest(match=match, count=count, since=since, extract=extract, fail_on=fail_on)
    search = CaptureSearch(wanted, bin, server, clock.started())
    code = _MATCHED
    with until_interrupted(), until_stdout_closes():
        code = _wait(search, end, wants_json=wants_json)
    if code == _NO_MATCH:
        _explain(search, timeout)
    return code


def _wait(search: CaptureSearch, end: float, *, wants_json: bool) -> int:
    """Returns the exit code. Raises CannotStart when the server never answered."""
    backoff = RetryBackoff()
    while True:
        is_last = clock.ticks() >= end
        try:
            result = search.search_once(end, immediately=backoff.is_lost)
            backoff.succeeded()
        except ServerUnreachable as error:
            if is_last and search.captures is None:
                raise
            search.was_unreachable = True
            if not is_last:
                backoff.failed(error, most_s=end - clock.ticks())
        else:
            for found in result.matches:
                _show(found, search.wanted, wants_json=wants_json)
            if result.bad:
                click.echo(f"smsbin: --fail-on matched: {line_of(result.bad)}", err=True)
                return _FAILED
            if search.is_over:
                return _MATCHED
        if is_last:
            return _NO_MATCH


def _show(found: Match, wanted: WaitRequest, *, wants_json: bool) -> None:
    if wanted.extract is None:
        print_line(as_json(found.item) if wants_json else line_of(found.item, colours=has_colours()))
    elif wants_json or not isinstance(found.value, str):
        print_line(as_json(found.value))
    else:
        # A program gets the unchanged value.
        print_line(visible(found.value) if sys.stdout.isatty() else found.value)


def _explain(search: CaptureSearch, timeout: float) -> None:
    """Print how many captures came, and the one that almost matched."""
    wanted, came = search.wanted, search.done - search.began
    parts = [f"{came:,} {'capture' if came == 1 else 'captures'} arrived"]
    if wanted.count > 1:
        parts.append(f"{search.matched} of {wanted.count} matched")
    if search.without_value:
        parts.append(f"{search.without_value} matched but had nothing for --extract")
    click.echo(f"smsbin: no match in {timeout:g} s: {', '.join(parts)}.", err=True)
    try:
        miss = nearest_miss(search.captures, wanted.match, search.began) if search.captures else None
    except CannotStart as error:
        click.echo(f"smsbin: cannot show the nearest capture. {error}", err=True)
        return
    if miss:
        click.echo(f"  nearest: {line_of(miss.item)}", err=True)
        click.echo(f"  does not match: {visible(' '.join(miss.terms))}", err=True)


def _required(value: str | None) -> str:
    if value is None:
        raise LookupError
    return value
