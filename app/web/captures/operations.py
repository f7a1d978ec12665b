"""The operations of the API for captures, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import CaptureList, CaptureShape

_CAPTURES = "/api/v1/bins/{bin}/captures"
_CAPTURE = _CAPTURES + "/{n}"

LIST_QUERY = (
    parameters.limit(),
    parameters.number("before", "Only captures with a lower n."),
    parameters.number("after", "Only captures with a higher n, oldest first; not together with `before`."),
    parameters.matching(),
    parameters.wait(),
)

RAW_QUERY = (parameters.wire(),)

OPERATIONS: Operations = {
    ("get", _CAPTURES): Operation(
        tag="Captures",
        id="listCaptures",
        summary="List captures: newest first, or forward from `after`",
        success=Success(shape=CaptureList),
        query=LIST_QUERY,
        errors=(404,),
    ),
    ("delete", _CAPTURES): Operation(
        tag="Captures",
        id="clearCaptures",
        summary="Delete all captures; numbering continues",
        success=Success(status=204),
        errors=(404,),
    ),
    ("get", _CAPTURE): Operation(
        tag="Captures",
        id="getCapture",
        summary="The whole capture",
        success=Success(shape=CaptureShape),
        errors=(404,),
    ),
    ("delete", _CAPTURE): Operation(
        tag="Captures",
        id="deleteCapture",
        summary="Delete one capture",
        success=Success(status=204),
        errors=(404,),
    ),
    ("get", _CAPTURE + "/body"): Operation(
        tag="Captures",
        id="getBody",
        summary="Exactly the bytes of the body",
        success=Success(media=("application/octet-stream",)),
        errors=(404,),
    ),
    ("get", _CAPTURE + "/raw"): Operation(
        tag="Captures",
        id="getRaw",
        summary="The request as received: line, headers, body",
        success=Success(media=("message/http",)),
        query=RAW_QUERY,
        errors=(404,),
    ),
}
