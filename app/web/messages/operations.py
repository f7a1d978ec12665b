"""The operations of the API for messages, as the OpenAPI document has them."""

from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .shapes import MessageDetail, MessageList

_MESSAGES = "/api/v1/bins/{bin}/messages"

LIST_QUERY = (parameters.limit(), parameters.cursor("before"), parameters.matching(), parameters.masked())
SHOW_QUERY = (parameters.masked(),)

OPERATIONS: Operations = {
    ("get", _MESSAGES): Operation(
        tag="Messages",
        id="listMessages",
        summary="List messages, last changed first",
        success=Success(shape=MessageList),
        query=LIST_QUERY,
        errors=(404,),
    ),
    ("get", _MESSAGES + "/{provider}/{message_id}"): Operation(
        tag="Messages",
        id="getMessage",
        summary="One message with its timeline",
        success=Success(shape=MessageDetail),
        query=SHOW_QUERY,
        errors=(404,),
    ),
}
