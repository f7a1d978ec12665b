"""The operations of the API for drills, as the OpenAPI document has them."""

from typing import Annotated

from msgspec import Meta

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .inputs import DrillInput
from .shapes import DrillList, DrillShape

_DRILLS = "/api/v1/bins/{bin}/drills"
_DRILL = _DRILLS + "/{id}"

LIST_QUERY = (parameters.limit(), parameters.cursor("before"))

OPERATIONS: Operations = {
    ("get", _DRILLS): Operation(
        tag="Drills",
        id="listDrills",
        summary="List drills, newest first",
        success=Success(shape=DrillList),
        query=LIST_QUERY,
        errors=(404,),
    ),
    ("post", _DRILLS): Operation(
        tag="Drills",
        id="drill",
        summary="Fail on purpose and keep the score",
        success=Success(status=201, shape=DrillShape, has_location=True),
        # Without a fault `measure` must be given, so an empty object is refused.
        body=Annotated[DrillInput, Meta(extra_json_schema={"minProperties": 1})],
        errors=(404, 409),
    ),
    ("get", _DRILL): Operation(
        tag="Drills", id="getDrill", summary="The score card", success=Success(shape=DrillShape), errors=(404,)
    ),
    ("delete", _DRILL): Operation(
        tag="Drills",
        id="stopDrill",
        summary="Stop the drill; the score card stays",
        success=Success(status=204),
        errors=(404,),
    ),
}
