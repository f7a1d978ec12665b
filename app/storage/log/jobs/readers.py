"""How the captures of a bin are parsed."""

from .base import Job


class RequestReread(Job):
    bin_id: str


class SetMapping(Job):
    """`mapping` is JSON; None removes it. The bin is parsed again."""

    bin_id: str
    mapping: str | None


class SetRecordMapping(Job):
    """How files of the bin's provider are read, as JSON; None removes it. No capture is parsed by it."""

    bin_id: str
    mapping: str | None


class SetSecret(Job):
    """Set the secret of a label, and replace the previous one. The bin is parsed again."""

    bin_id: str
    label: str
    scheme: str | None
    secret: str
    hash: str
    added_at: int


class DropSecret(Job):
    """Remove the secret of a label. The bin is parsed again."""

    bin_id: str
    label: str


class SkipCapture(Job):
    """`bin` is a number. `reader` is the version of the reader that failed on this capture."""

    bin: int
    n: int
    reader: str


class NextEpoch(Job):
    """Get an epoch that no ledger has used."""
