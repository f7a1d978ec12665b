"""The operations of the API for faults, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import FaultInput
from .shapes import FaultState

_FAULT = "/api/v1/bins/{bin}/faults/{role}"

OPERATIONS: Operations = {
    ("get", _FAULT): Operation(
        tag="Answers", id="getFault", summary="A role's fault", success=Success(shape=FaultState), errors=(404,)
    ),
    ("put", _FAULT): Operation(
        tag="Answers",
        id="setFault",
        summary="Misbehave from now on",
        success=Success(shape=FaultState),
        body=FaultInput,
        errors=(404,),
    ),
    ("delete", _FAULT): Operation(
        tag="Answers",
        id="heal",
        summary="Heal: the URL behaves again",
        success=Success(status=204),
        errors=(404,),
    ),
}
