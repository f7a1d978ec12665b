"""The only room that sends requests out: simulations, replays, the questions of a health check.

`gate.py` decides where to, `sender.py` sends one request and tells what came back, `exact.py` does the same for bytes
that are a whole request already.
"""

from .exact import send_exactly
from .gate import AT_ONCE, ForbiddenTarget, Network, check_target
from .sender import RequestSender, TargetResponse, open_sender

__all__ = [
    "AT_ONCE",
    "ForbiddenTarget",
    "Network",
    "RequestSender",
    "TargetResponse",
    "check_target",
    "open_sender",
    "send_exactly",
]
