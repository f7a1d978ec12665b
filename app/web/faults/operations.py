"""The operations of the API for faults, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import FaultInput
from .shapes import FaultState

_FAULT = "/api/v1/bins/{bin}/faults/{role}"

OPERATIONS: Operations = {
    ("get", _FAULT): Operation(
        tag="Answers", id="getFault", summary="The fault of a role", success=Success(shape=FaultState), errors=(404,)
    ),
    ("put", _FAULT): Operation(
        tag="Answers",
        id="setFault",
        summary="Start a fault",
        success=Success(shape=FaultState),
        body=FaultInput,
        errors=(404,),
    ),
    ("delete", _FAULT): Operation(
        tag="Answers",
        id="heal",
        summary="Stop failing: the URL responds normally again",
        success=Success(status=204),
        errors=(404,),
    ),
}
