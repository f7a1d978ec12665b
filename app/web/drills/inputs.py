"""The input of a call, or of a form, that begins a drill."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from ...domain.drills import DRILLED
from ...domain.faults import Fault
from ...domain.roles import Role
from ...errors import Invalid
from ..faults.inputs import FaultInput
from ..site.convert import Input
from .shapes import DrilledRole


class DrillInput(Input, frozen=True, kw_only=True):
    """A drill: one fault, or a series that measures the provider."""

    role: Annotated[DrilledRole, Meta(extra={"reason": f"must be one of {', '.join(DRILLED)}"})] = "primary"
    fault: Annotated[FaultInput | None, Meta(description="The fault of the drill; null or absent with `measure`.")] = (
        None
    )
    measure: Annotated[
        bool, Meta(description="Run a series of faults that measures the provider, one message each.")
    ] = False

    def drill(self, now: datetime) -> tuple[Role, Fault | None]:
        """As the service takes it; no fault: measure. Invalid."""
        if self.measure and self.fault is not None:
            raise Invalid(("fault", "must be absent: measuring has its own faults"))
        if self.measure:
            return Role(self.role), None
        if self.fault is None:
            raise Invalid(("fault", "is required unless measure is true"))
        return Role(self.role), self.fault.fault(now, "fault.")
