"""The operations of the API for answers, as the OpenAPI document has them."""

from typing import Annotated

from msgspec import Meta

from ..site.operations import Operation, Operations, Success
from .inputs import AnswersInput
from .shapes import AnswerShape

_ANSWER = "/api/v1/bins/{bin}/answers/{role}"

OPERATIONS: Operations = {
    ("get", _ANSWER): Operation(
        tag="Answers",
        id="getAnswer",
        summary="The response of a role",
        success=Success(shape=AnswerShape),
        errors=(404,),
    ),
    ("put", _ANSWER): Operation(
        tag="Answers",
        id="setAnswer",
        summary="Set the response of a role",
        success=Success(shape=AnswerShape),
        body=Annotated[AnswersInput, Meta(extra_json_schema={"minProperties": 1})],
        errors=(404,),
    ),
    ("delete", _ANSWER): Operation(
        tag="Answers",
        id="resetAnswer",
        summary="Reset to the default",
        success=Success(status=204),
        errors=(404,),
    ),
}
