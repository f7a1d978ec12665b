"""The command line: one module for each command, imported only when it is used, so that `--help` is fast.

stdout has data, stderr everything else. Exit codes: 0 done or matched, 1 no match, 2 usage error, 3 cannot reach,
start or sign in, 4 the condition of `wait --fail-on` was met, 130 interrupted. A command that ends with 1 or 4
returns the number.
"""

import gc
import importlib
import sys
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..errors import CannotStart, Invalid, StoreUnavailable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "serve": "Start the server: capture URLs, pages and API. The default command.",
    "bins": "Create, list, show and delete bins of a running server.",
    "mapping": "Get, set and remove the field mapping of a bin.",
    "alerts": "Be notified when something is wrong, and when it is over.",
    "forwards": "Send the captures of a bin to a URL, each until it has arrived.",
    "wiretap": "Let your own handler answer a role, through smsbin, while the provider waits.",
    "simulate": "Simulate a provider: inbound SMS, callbacks and calls, with its timeout, retries and fallback.",
    "replay": "Send captures again, exactly as received, to your own URL.",
    "listen": "Deliver captures to a program on this machine, without a public address.",
    "tail": "Show captures as they arrive.",
    "wait": "Wait for a capture that matches; for tests and CI.",
    "annotate": "Change pin, note and tags of captures.",
    "verify": "Check the signature of a capture with the secrets of its bin.",
    "secrets": "Store, list and remove the signing secrets of a bin.",
    "tokens": "Create, list and revoke access tokens, each with a role and bins.",
    "reconcile": "Compare a provider's own list of messages with a bin: did we lose any?",
    "export": "Export captures or messages as CSV, JSON Lines or HAR.",
    "audit": "Show who did what, from the audit log of a running server.",
    "backup": "Copy the log of a running or stopped server into one file.",
    "restore": "Replace the log with a backup; the server must be stopped.",
    "migrate": "Move everything from SQLite to PostgreSQL, or back; the servers must be stopped.",
    "reread": "Parse every capture again from its bytes, while the server runs.",
    "doctor": "Check a server and the network in front of it, and say how to fix what is wrong.",
    "healthcheck": "Exit 0 when a server is ready; for containers.",
    "openapi": "Print the OpenAPI document.",
    "completion": "Print a shell script that completes commands, flags and bins.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{cmd_name}", __package__)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # `smsbin` without a command takes the flags of `smsbin serve`. For shell completion an empty line may become
        # any command.
        own = {"--help", "-h", "--version"}
        if (args and args[0].startswith("-") and args[0] not in own) or not (args or ctx.resilient_parsing):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        found = super().shell_complete(ctx, incomplete)
        serve = self.get_command(ctx, "serve") if incomplete.startswith("-") else None
        return found + (serve.shell_complete(click.Context(serve, parent=ctx), incomplete) if serve else [])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smsbin")
def smsbin() -> None:
    """Watch SMS webhooks arrive.

    smsbin gives you capture URLs to paste at your SMS provider, keeps every request byte for byte, and shows it live
    in your browser. `smsbin serve --help` lists every setting; each is a flag and a variable SMSBIN_*.
    """


def main() -> None:
    """Run a command; an error becomes one line and an exit code."""
    try:
        # The return value of a command, or the code of `ctx.exit`.
        sys.exit(smsbin(prog_name="smsbin", standalone_mode=False) or 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Invalid as error:
        for field, message in error.problems:
            click.echo(f"smsbin: {field} {message}", err=True)
        sys.exit(2)
    except (CannotStart, StoreUnavailable) as error:
        click.echo(f"smsbin: {error}", err=True)
        sys.exit(3)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    finally:
        # Or the interpreter searches all modules for garbage at its exit.
        gc.freeze()
