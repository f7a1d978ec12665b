"""The ledger process with the providers' data sheets: `python -m <package>.follower <pipe> …`.

It stands outside `storage/`, which does not import `providers/`: how captures are read is handed in.
"""

import hashlib
import sys
from pathlib import Path

from .providers import recognise
from .storage.ledger.process import follow
from .storage.ledger.steps import CaptureReader

HERE = Path(__file__).parent
# What a capture is read and folded with. A ledger of other sources is made again.
_SOURCES = ("domain", "parsing", "providers", "storage/ledger")


def make_capture_reader() -> CaptureReader:
    """Reads captures with the data sheets. Its version is a digest of its sources, not counted by hand."""
    digest = hashlib.sha256()
    for path in (path for folder in _SOURCES for path in sorted((HERE / folder).rglob("*.py"))):
        digest.update(path.read_bytes())
    return CaptureReader(recognise, digest.hexdigest()[:16])


if __name__ == "__main__":
    follow(sys.argv[1:], make_capture_reader)
