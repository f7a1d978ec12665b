"""`smsbin tail [BIN]`: prints captures as they arrive, each once, in order, until stdout is closed."""

import sys
from dataclasses import dataclass, field
from typing import Any

import click

from .. import clock
from ..errors import Invalid
from .client import Missing, ServerUnreachable, bin_argument, connect, with_server
from .polling import WAIT_S, BinCaptures, RetryBackoff, Since, Summary
from .terminal import (
    as_json,
    full_text,
    has_colours,
    line_of,
    print_line,
    stdout_is_open,
    until_interrupted,
    until_stdout_closes,
)

# The outcome of an answer is stored a moment after its capture; a line printed after this pause can include it.
_ANSWERED_S = 0.1
_EARLY_S = 0.5


@click.command("tail", short_help="Show captures as they arrive.")
@bin_argument
@click.option(
    "--since", type=Since(), default="now", show_default=True,
    help="Start some time ago (10m), at a time, or after a number (#1040).",
)  # fmt: skip
@click.option(
    "-q", "--q", "--match", "match", default=None, metavar="EXPR", help="Only captures that match the filter."
)
@click.option("--json", "wants_json", is_flag=True, help="JSON Lines.  [default: if stdout is not a terminal]")
@click.option("--body", "wants_body", is_flag=True, help="The whole capture with headers and body.")
@with_server
def command(bin: str | None, since: str, match: str | None, wants_json: bool, wants_body: bool, **server: Any) -> None:
    """Show the captures of BIN as they arrive, one line each, until Ctrl-C.

    Each is shown once and in order. If the connection is lost, tail retries until the server is back and continues
    after the last capture that it showed.

    BIN is an id or a unique name; optional if there is only one bin.

    \b
    Examples:
      smsbin tail --since 10m
      smsbin tail --match 'kind:status status:failed,undelivered'
      smsbin tail --json | jq -r .text
    """
    client = connect(**server)
    captures = BinCaptures(client, client.find_bin(bin)["id"])
    try:
        after = captures.begin(since, clock.started(), by_the_clock=client.is_local)
        tail = Tail(captures, match, wants_json or not sys.stdout.isatty(), wants_body, after)
        with until_interrupted(), until_stdout_closes():
            while stdout_is_open():
                tail.show_next()
    except Invalid as error:
        raise Invalid(*(("--match" if name == "q" else name, message) for name, message in error.problems)) from None


@dataclass(slots=True)
class Tail:
    """The state of the output."""

    captures: BinCaptures
    match: str | None
    as_json: bool
    wants_body: bool
    after: int
    backoff: RetryBackoff = field(default_factory=RetryBackoff)

    def show_next(self) -> None:
        """Wait for captures and print them. Retries while the server is unreachable."""
        requested_at = clock.ticks()
        # Report that the server is back at once, not with the next capture.
        wait_s = 0 if self.backoff.is_lost else WAIT_S
        try:
            # Captures that exist now and do not match are not checked again.
            done = self.captures.last() if self.match else 0
            found = self.captures.after(self.after, q=self.match, wait_s=wait_s)
            self.backoff.succeeded()
            for item in self._with_answers(found):
                self._show(item)
                self.after = item["n"]
        except ServerUnreachable as error:
            self.backoff.failed(error)
            return
        if not found:
            self.after = max(self.after, done)
            if wait_s and clock.ticks() - requested_at < _EARLY_S:
                # A server that is stopping answers early, and so may a program that is not smsbin.
                clock.pause(_EARLY_S)

    def _with_answers(self, found: list[Summary]) -> list[Summary]:
        if all(item["answered"]["status"] is not None for item in found):
            return found
        clock.pause(_ANSWERED_S)
        updated = {item["n"]: item for item in self.captures.after(self.after, q=self.match, limit=len(found))}
        return [updated.get(item["n"], item) for item in found]

    def _show(self, item: Summary) -> None:
        whole = self._whole(item) if self.wants_body else None
        if self.as_json:
            print_line(as_json(whole or item))
            return
        print_line(line_of(item, colours=has_colours()))
        if whole:
            for line in full_text(whole).split("\n"):
                print_line(line)

    def _whole(self, item: Summary) -> Summary | None:
        try:
            return self.captures.whole(item["n"])
        except Missing:
            return None  # deleted in the meantime, so only the summary is left
