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

    role: Annotated[
        DrilledRole, Meta(extra={"reason": f"must be one of {', '.join(DRILLED)}: they have a fallback"})
    ] = "primary"
    fault: Annotated[
        FaultInput | None, Meta(description="The fault of the drill; null or left out where it measures.")
    ] = None
    measure: Annotated[
        bool, Meta(description="A series of faults that shows what the provider does: one message for each.")
    ] = False

    def drill(self, now: datetime) -> tuple[Role, Fault | None]:
        """As the service takes it; no fault: measure. Invalid."""
        if self.measure and self.fault is not None:
            raise Invalid(("fault", "must not be there: measuring brings its own faults"))
        if self.measure:
            return Role(self.role), None
        if self.fault is None:
            raise Invalid(("fault", "must be there, unless measure is true"))
        return Role(self.role), self.fault.fault(now, "fault.")
