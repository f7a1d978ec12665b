"""The only package that sends requests: simulations, replays, health checks; and e-mail.

`gate.py` decides which addresses are allowed, `sender.py` sends one request and returns the response, `exact.py`
does the same for bytes that are a complete request, and `sockets.py` connects to a WebSocket. `mail.py` sends e-mail
by SMTP.
"""

from .exact import send_exactly
from .gate import AT_ONCE, ForbiddenTarget, Network, check_open, check_target
from .sender import RequestSender, TargetResponse, open_sender

__all__ = [
    "AT_ONCE",
    "ForbiddenTarget",
    "Network",
    "RequestSender",
    "TargetResponse",
    "check_open",
    "check_target",
    "open_sender",
    "send_exactly",
]
