"""The operations of the API for wiretaps, as the OpenAPI document has them."""

from ..site.operations import Operation, Operations, Success
from .inputs import WiretapInput
from .shapes import WiretapState

_WIRETAP = "/api/v1/bins/{bin}/wiretaps/{role}"

OPERATIONS: Operations = {
    ("get", _WIRETAP): Operation(
        tag="Wiretaps", id="getWiretap", summary="The wiretap of a role", success=Success(shape=WiretapState),
        errors=(404,),
    ),
    ("put", _WIRETAP): Operation(
        tag="Wiretaps",
        id="setWiretap",
        summary="Let your own handler answer the requests of a role",
        description="Each request is stored, then sent to the handler while the provider waits, and its response goes"
        " back. Responses and faults that are set for the role do not apply while the wiretap is enabled.",
        success=Success(shape=WiretapState),
        body=WiretapInput,
        errors=(404, 409),
    ),
    ("delete", _WIRETAP): Operation(
        tag="Wiretaps", id="removeWiretap", summary="Remove the wiretap: smsbin answers again",
        success=Success(status=204), errors=(404,),
    ),
}  # fmt: skip
