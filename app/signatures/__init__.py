"""Signatures of captures: is a request genuine, and which mistake makes other code reject it.

Pure: nothing here waits, reads files or raises, whatever was sent. Each module in `schemes/` has the facts of one
signature scheme with their public sources. `judge` gives the verdict about a capture.
"""

from .judging import judge
from .model import Secret, SignedRequest
from .urls import request_url

__all__ = ["Secret", "SignedRequest", "judge", "request_url"]
