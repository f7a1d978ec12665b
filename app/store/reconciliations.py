"""What a reconciliation needs of the log, and the results of reconciliations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..domain.reconciliation.kept import Availability, KeptNote, KeptRecord, Reconciliation
from ..domain.reconciliation.verdicts import RecordReason, RecordVerdict


class ReconciliationStore(Protocol):
    """What a reconciliation needs of the log."""

    async def get_availability(self, bin_id: str) -> Availability:
        """When a bin could receive. Raises NotFound."""

    async def get_record_mapping(self, bin_id: str) -> str | None:
        """How files of the bin's provider are read, as JSON; None if no user has set it. Raises NotFound."""

    async def set_record_mapping(self, bin_id: str, mapping: str | None) -> None:
        """Set that; None removes it. Raises NotFound."""


class ReconciliationArchive(Protocol):
    """The results of reconciliations. They are user data, as the log is: they are written once, by the process that
    compares, and only deleted afterwards. Methods raise NotFound for an unknown reconciliation, and NotReadable when
    its file cannot be read."""

    @property
    def directory(self) -> Path:
        """Where the results are, and files that are being received."""

    @property
    def key(self) -> bytes:
        """The key of the digests of texts. It is not part of a backup."""

    def path_of(self, bin_id: str, id: str) -> Path:
        """The file of a result, which the process that compares writes."""

    async def list_reconciliations(self, bin_id: str) -> Sequence[Reconciliation]:
        """All of a bin, newest first."""

    async def get_reconciliation(self, bin_id: str, id: str) -> Reconciliation:
        """One reconciliation."""

    async def list_records(
        self,
        bin_id: str,
        id: str,
        *,
        after: int = 0,
        limit: int,
        verdict: RecordVerdict | None = None,
        reason: RecordReason | None = None,
    ) -> Sequence[KeptRecord]:
        """Records with a `number` above `after`, in the order of the file; only those with this verdict and reason."""

    async def get_record(self, bin_id: str, id: str, number: int) -> KeptRecord:
        """One record."""

    async def verdicts_of(self, bin_id: str, id: str, keys: Sequence[int]) -> dict[int, RecordVerdict]:
        """The verdicts of the records with these keys, without those that it does not have."""

    async def list_notes(self, bin_id: str, message_id: str) -> Sequence[KeptNote]:
        """What the files of the bin state about the calls for one message, oldest first, each once."""

    async def drop_reconciliation(self, bin_id: str, id: str) -> None:
        """Delete one reconciliation."""

    async def drop_of_bin(self, bin_id: str) -> None:
        """Delete all reconciliations of a bin."""
