"""The operations of the API for bins, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .inputs import BinInput
from .shapes import BinList, BinShape, RereadShape

_BINS = "/api/v1/bins"
_BIN = _BINS + "/{bin}"
LIST_QUERY = (parameters.limit(), parameters.cursor("before"))

OPERATIONS: Operations = {
    ("get", _BINS): Operation(
        tag="Bins", id="listBins", summary="List bins, newest first", success=Success(shape=BinList), query=LIST_QUERY
    ),
    ("post", _BINS): Operation(
        tag="Bins",
        id="createBin",
        summary="Create a bin",
        success=Success(status=201, shape=BinShape, has_location=True),
        body=BinInput,
    ),
    ("get", _BIN): Operation(
        tag="Bins", id="getBin", summary="One bin", success=Success(shape=BinShape), errors=(404,)
    ),
    ("patch", _BIN): Operation(
        tag="Bins",
        id="changeBin",
        summary="Change a bin",
        success=Success(shape=BinShape),
        body=BinInput,
        errors=(404,),
    ),
    ("delete", _BIN): Operation(
        tag="Bins",
        id="deleteBin",
        summary="Delete a bin with its captures",
        success=Success(status=204),
        errors=(404,),
    ),
    ("post", _BIN + "/rotate-key"): Operation(
        tag="Bins",
        id="rotateKey",
        summary="Give the bin a new capture key",
        success=Success(shape=BinShape),
        errors=(404,),
    ),
    ("get", _BIN + "/reread"): Operation(
        tag="Bins",
        id="getReread",
        summary="Progress of parsing again",
        success=Success(shape=RereadShape),
        errors=(404,),
    ),
    ("post", _BIN + "/reread"): Operation(
        tag="Bins",
        id="reread",
        summary="Parse all captures of the bin again, with its current provider",
        success=Success(status=202, shape=RereadShape),
        errors=(404,),
    ),
}
