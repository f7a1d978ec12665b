"""`smsbin openapi`: prints the OpenAPI document without a server."""

import click
import msgspec


@click.command("openapi", short_help="Print the OpenAPI document.")
@click.option("--base-path", default="", help="Path prefix of the server.")
def command(base_path: str) -> None:
    """Print the OpenAPI 3.1 document of this version as JSON."""
    from ..web.openapi import document

    click.echo(msgspec.json.format(msgspec.json.encode(document(base_path.rstrip("/"))), indent=2))
