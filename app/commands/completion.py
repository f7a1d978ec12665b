"""`smsbin completion SHELL`: what makes the Tab key know the commands, their flags and the bins.

The script only asks `smsbin` itself, which answers from the definitions that `--help` is made of: they cannot differ.
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
