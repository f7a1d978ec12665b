"""`smsbin verify N`: whether a capture is genuine, by its signature and the secrets of its bin."""

from typing import Any

import click

from .client import connect, in_path, with_server
from .terminal import as_json, print_line, visible


@click.command("verify", short_help="Check the signature of a capture.")
@click.argument("n", metavar="N", type=click.IntRange(1))
@click.option("--bin", "bin", envvar="SMSBIN_BIN", default=None, metavar="BIN", help="Bin of the capture (id or name).")
@click.option("--json", "wants_json", is_flag=True, help="The signature object of the API, with n.")
@with_server
def command(n: int, bin: str | None, wants_json: bool, **server: Any) -> int:
    """Check the signature of capture N with the secrets of its bin as they are now.

    The first line is the verdict: valid, valid_as (valid after a change that is named), wrong_secret_or_changed,
    stale, unsigned, not_signed_by_provider or cannot_say. The second line says why, and what to do.

    \b
    smsbin secrets set primary < auth-token.txt
    smsbin verify 42

    Exit codes: 0 valid, 1 anything else, 2 usage, 3 the server cannot be reached.
    """
    client = connect(**server)
    found = client.find_bin(bin)
    signature = client.get(f"/bins/{in_path(found['id'])}/captures/{n}")["signature"]
    if wants_json:
        print_line(as_json({"n": n, **signature}))
    else:
        facts = [f"#{n}", signature["verdict"], signature["scheme"], signature["secret"]]
        print_line("  ".join(visible(fact) for fact in facts if fact))
        print_line(visible(signature["sentence"]))
    return 0 if signature["verdict"] == "valid" else 1
