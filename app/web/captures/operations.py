"""The operations of the API for captures, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from ..site.selections import DeleteInput
from .shapes import CaptureCount, CaptureList, CaptureShape, DeletedShape

_CAPTURES = "/api/v1/bins/{bin}/captures"
_CAPTURE = _CAPTURES + "/{n}"

LIST_QUERY = (
    parameters.limit(),
    parameters.number("before", "Only captures with a lower n."),
    parameters.number("after", "Only captures with a higher n, oldest first; not together with `before`."),
    parameters.matching(),
    parameters.wait(),
    parameters.masked(),
)

SHOW_QUERY = (parameters.masked_capture(),)
RAW_QUERY = (parameters.wire(), parameters.masked_capture())
COUNT_QUERY = (parameters.matching(),)

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
    ("get", _CAPTURES + "/count"): Operation(
        tag="Captures",
        id="countCaptures",
        summary="How many captures match a filter, at most 10,000 of them counted",
        success=Success(shape=CaptureCount),
        query=COUNT_QUERY,
        errors=(404,),
    ),
    ("post", _CAPTURES + "/delete"): Operation(
        tag="Captures",
        id="deleteCaptures",
        summary="Delete several captures",
        description="By `numbers`, or by a filter; then repeat the call with `next` as `after` until it is null. A call"
        " deletes about a thousand. Without a filter, all captures up to `upto` are deleted by one call.",
        success=Success(shape=DeletedShape),
        body=DeleteInput,
        errors=(404,),
    ),
    ("get", _CAPTURE): Operation(
        tag="Captures",
        id="getCapture",
        summary="The whole capture",
        success=Success(shape=CaptureShape),
        query=SHOW_QUERY,
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
