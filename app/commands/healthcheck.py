"""`smsbin healthcheck`: one request to /readyz, for container engines."""

import urllib.error
import urllib.request

import click

from ..errors import CannotStart


@click.command("healthcheck", short_help="Exit 0 when a server is ready.")
@click.option(
    "--url", envvar="SMSBIN_URL", show_envvar=True, default=None,
    help="URL of the server.  [default: http://127.0.0.1 with SMSBIN_PORT and SMSBIN_BASE_PATH]",
)  # fmt: skip
@click.option("--port", envvar="SMSBIN_PORT", default="8010", hidden=True)
@click.option("--base-path", envvar="SMSBIN_BASE_PATH", default="", hidden=True)
def command(url: str | None, port: str, base_path: str) -> None:
    """Exit 0 when the server responds and can write, else 3."""
    root = url or f"http://127.0.0.1:{port}/{base_path.strip('/')}"
    address = root.rstrip("/") + "/readyz"
    if not address.startswith(("http://", "https://")):
        raise click.UsageError(f"{root} is not a URL; write http://127.0.0.1:8010")
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
            click.echo(answer.read().decode())
    except (urllib.error.URLError, OSError) as error:
        raise CannotStart(f"{address} is not ready: {error}") from None
