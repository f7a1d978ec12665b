"""What the calls of reconciliations take: the settings of a comparison, and the records to send again."""

from typing import Annotated

import msgspec
from msgspec import Meta

from ...domain.reconciliation.mapping import RecordMapping
from ...domain.replays import MOST_AT_ONCE
from ...errors import Invalid
from ...services.reconciliations.reconciling import CompareSettings
from ...services.reconciliations.zones import read_zone
from ..site.convert import Input, convert
from ..site.inputs import HIGHEST, TargetUrl


class CompareInput(Input, frozen=True, kw_only=True):
    """How a file is compared again. A mapping is remembered for the bin."""

    zone: Annotated[
        Annotated[str, Meta(max_length=60)] | None,
        Meta(
            description="Of times without a zone: UTC, +02:00, or Europe/Berlin; null: estimated.",
            extra={"check": lambda zone: zone is None or read_zone(zone)},
        ),
    ] = None
    keep_rows: Annotated[bool, Meta(description="Keep the rows of lost records, with their texts.")] = False
    mapping: Annotated[RecordMapping | None, Meta(description="What the columns are, if they are not known.")] = None

    def settings(self) -> CompareSettings:
        """Without the mapping."""
        return CompareSettings(zone=self.zone or None, keep_rows=self.keep_rows)


class ReconstructInput(Input, frozen=True, kw_only=True):
    """Lost records to send as the provider's requests."""

    records: Annotated[
        list[Annotated[int, Meta(ge=1, le=HIGHEST)]],
        Meta(
            min_length=1,
            max_length=MOST_AT_ONCE,
            description="The `number` of each record, sent one after the other in this order.",
            extra={"reason": f"must be a list of 1 to {MOST_AT_ONCE} numbers of records"},
        ),
    ]
    url: TargetUrl


def compare_input(query: dict[str, str]) -> CompareInput:
    """The settings in a query or in the fields of a form. Invalid names the wrong one."""
    raw: dict[str, object] = {}
    if query.get("zone", "").strip():
        raw["zone"] = query["zone"].strip()
    if query.get("keep_rows"):
        if query["keep_rows"] not in ("0", "1"):
            raise Invalid(("keep_rows", "must be 0 or 1"))
        raw["keep_rows"] = query["keep_rows"] == "1"
    if query.get("mapping"):
        try:
            raw["mapping"] = msgspec.json.decode(query["mapping"])
        except (msgspec.DecodeError, RecursionError) as error:
            raise Invalid(("mapping", f"is not JSON: {error}")) from None
    return convert(raw, CompareInput)
