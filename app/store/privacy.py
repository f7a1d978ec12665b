"""The privacy settings of bins."""

from collections.abc import Sequence
from typing import Protocol


class PrivacyStore(Protocol):
    """The privacy settings of bins."""

    async def list_privacy(self, bin_id: str | None = None) -> Sequence[tuple[str, str]]:
        """The settings of all bins that have some, or of one bin, as id of the bin and JSON."""

    async def set_privacy(self, bin_id: str, settings: str | None) -> None:
        """Set the settings of a bin, as JSON; None removes them. Raises NotFound."""
