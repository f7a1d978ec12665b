"""What users have set: answers, wiretaps, faults, and how captures are parsed."""

from collections.abc import Sequence
from typing import Protocol

from ..domain.answers.model import RoleAnswers
from ..domain.faults import ActiveFault
from ..domain.reader import ReaderSettings, SigningSecret
from ..domain.roles import Role
from ..domain.wiretaps.model import Wiretap
from .ledger import LedgerStatus


class DecisionStore(Protocol):
    """What users have set: answers, wiretaps, faults, and how captures are parsed."""

    async def list_answers(self, bin_id: str | None = None) -> Sequence[tuple[str, Role, RoleAnswers]]:
        """The answers that users have set, of all bins or of one."""

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        """Set the answers of a role; None restores the default. Raises NotFound."""

    async def list_wiretaps(self, bin_id: str | None = None) -> Sequence[tuple[str, Role, Wiretap]]:
        """The wiretaps of all bins, or of one."""

    async def set_wiretap(self, bin_id: str, role: Role, wiretap: Wiretap | None) -> None:
        """Set the wiretap of a role; None removes it. Raises NotFound."""

    async def list_faults(self, bin_id: str | None = None) -> Sequence[ActiveFault]:
        """The faults of all bins, or of one, including expired ones that are not removed yet. Each count is that of the
        durable captures, because it changes in the transaction of the capture."""

    async def set_fault(self, fault: ActiveFault) -> None:
        """Set the fault of a role and replace the previous one. Raises NotFound."""

    async def drop_fault(self, bin_id: str, fault_id: str) -> None:
        """Remove a fault of a bin. An unknown one is ignored."""

    async def reread(self, bin_id: str) -> None:
        """Parse every capture of a bin again, with the provider that is set now. Readers see the old result until
        the new one is complete. Returns when the request is durable. Raises NotFound."""

    async def rereading(self, bin_id: str) -> LedgerStatus:
        """Progress of that: "building" until readers see the new result, then "ok". Raises NotFound."""

    async def get_reader_settings(self, bin_id: str) -> ReaderSettings:
        """The field mapping and the secrets of a bin. Raises NotFound."""

    async def list_mappings(self, bin_id: str | None = None) -> Sequence[tuple[str, str]]:
        """The field mappings of all bins that have one, or of one bin, as id of the bin and JSON."""

    async def set_mapping(self, bin_id: str, mapping: str | None) -> None:
        """Set the field mapping of a bin, as JSON; None removes it. The bin is parsed again, as by `reread`. Raises
        NotFound."""

    async def set_secret(self, bin_id: str, new: SigningSecret) -> None:
        """Add a secret, or replace the one with the same label. The bin is parsed again. Raises NotFound."""

    async def drop_secret(self, bin_id: str, label: str) -> None:
        """Remove a secret. The bin is parsed again. Raises NotFound when there is no such bin or label."""
