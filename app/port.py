"""The port of the server, apart from the server, so that `smsbin doctor` can try it without loading the rest."""

import errno
import socket
from contextlib import ExitStack

from .errors import CannotStart
from .settings import Settings

# The kernel closes a connection to a viewer or sender after this time without acknowledgements.
USER_TIMEOUT_MS = 30_000


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises CannotStart if the port is in use, or the address is not one of this machine."""
    try:
        return _bound(settings)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {settings.port} is taken. Stop the other program, or use another port: --port 8011."
            ) from None
        raise CannotStart(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror or error}.") from None


def _bound(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with ExitStack() as until_bound:
        listener = until_bound.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        listener.bind((settings.host, settings.port))
        until_bound.pop_all()
    listener.setblocking(False)
    return listener
