"""The only room that sends requests out: simulations, replays, the questions of a health check.

`gate.py` decides where to, `sender.py` sends one request as it is and tells what came back.
"""

from .gate import Closed, Network, check_target
from .sender import Reply, Sender, open_sender

__all__ = ["Closed", "Network", "Reply", "Sender", "check_target", "open_sender"]
