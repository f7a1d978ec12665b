"""`smsbin completion SHELL`: a script that completes commands, flags and bins.

The script calls `smsbin`, which uses the same definitions as `--help`, so that the two cannot differ.
"""

import click

from . import smsbin

_VARIABLE = "_SMSBIN_COMPLETE"


@click.command("completion", short_help="Print a script for tab completion.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that lets SHELL complete commands, flags and bins.

    Bins are completed while the server is reachable and the access token is known.

    \b
    To enable it:
      bash   echo 'eval "$(smsbin completion bash)"' >> ~/.bashrc
      zsh    echo 'eval "$(smsbin completion zsh)"' >> ~/.zshrc
      fish   smsbin completion fish > ~/.config/fish/completions/smsbin.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows the three"
    click.echo(kind(smsbin, {}, "smsbin", _VARIABLE).source())
