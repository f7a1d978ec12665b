"""`smsbin audit`: prints the audit log as JSON Lines, and follows it."""

from typing import Any

import click

from .. import clock
from .client import Client, ServerUnreachable, connect, with_server
from .polling import RetryBackoff
from .terminal import as_json, print_line, stdout_is_open, until_interrupted, until_stdout_closes

PAGE = 500
# The interval of requests while nothing happens.
EVERY_S = 2.0


@click.command("audit", short_help="Show who did what.")
@click.option("--who", default=None, metavar="NAME", help="Only of this token or user.")
@click.option("--action", default=None, metavar="ACTION", help="Only this action (bin.delete), or all of a noun (bin).")
@click.option("--bin", "bin_id", default=None, metavar="ID", help="Only about this bin, which may be deleted.")
@click.option("--result", default=None, type=click.Choice(["done", "refused", "failed"]), help="Only with this result.")
@click.option("--since", default=None, metavar="WHEN", help="From this time on (2026-11-25), or some time ago (2h).")
@click.option("-f", "--follow", is_flag=True, help="Wait for further entries, until Ctrl-C.")
@with_server
def command(
    who: str | None, action: str | None, bin_id: str | None, result: str | None, since: str | None, follow: bool,
    **server: Any,
) -> None:  # fmt: skip
    """Print the audit log as JSON Lines, oldest first. The access token must have the role admin.

    Each entry is printed once. What changed nothing is counted in the first entry of its kind for up to an hour, so its
    number is that at the time of printing.

    \b
    Examples:
      smsbin audit --since 2h
      smsbin audit --action session --result refused
      smsbin audit --follow | jq -r '[.at, .who, .action, .bin_name] | @tsv'
    """
    query = {"who": who, "action": action, "bin": bin_id, "result": result, "since": since}
    log = _AuditReader(connect(**server), query)
    with until_interrupted(), until_stdout_closes():
        while stdout_is_open():
            if not log.print_next(retry=follow):
                if not follow:
                    return
                clock.pause(EVERY_S)


class _AuditReader:
    def __init__(self, client: Client, query: dict[str, Any]) -> None:
        self._client = client
        self._query = query
        self._after = 0
        self._backoff = RetryBackoff()

    def print_next(self, *, retry: bool) -> bool:
        """Print the next page; returns whether more may follow at once. With `retry` an unreachable server is tried
        again."""
        try:
            page = self._client.get("/audit", after=str(self._after), limit=str(PAGE), **self._query)
        except ServerUnreachable as error:
            if not retry:
                raise
            self._backoff.failed(error)
            return True
        self._backoff.succeeded()
        for entry in page["items"]:
            print_line(as_json(entry))
            self._after = entry["number"]
        return page["next"] is not None
