"""The operations of the API for saved filters and completions, as the OpenAPI document has them."""

from ...domain.search import MAX_LENGTH
from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .inputs import FilterInput
from .shapes import CompletionList, SavedFilterList, SavedFilterShape

_FILTERS = "/api/v1/bins/{bin}/filters"
_FILTER = _FILTERS + "/{id}"

COMPLETION_QUERY = (
    parameters.in_query("q", "A filter, also an unfinished one.", type="string", maxLength=MAX_LENGTH),
    parameters.in_query(
        "caret",
        "How many characters of `q` are in front of the caret; without it, all.",
        type="integer",
        minimum=0,
        maximum=MAX_LENGTH,
    ),
)

OPERATIONS: Operations = {
    ("get", _FILTERS): Operation(
        tag="Filters",
        id="listFilters",
        summary="The saved filters of a bin",
        success=Success(shape=SavedFilterList),
        errors=(404,),
    ),
    ("put", _FILTER): Operation(
        tag="Filters",
        id="setFilter",
        summary="Save a filter under an id of your choice, or replace the one with this id",
        success=Success(shape=SavedFilterShape),
        body=FilterInput,
        errors=(404, 409),
    ),
    ("delete", _FILTER): Operation(
        tag="Filters",
        id="deleteFilter",
        summary="Delete a saved filter",
        success=Success(status=204),
        errors=(404,),
    ),
    ("get", "/api/v1/bins/{bin}/completions"): Operation(
        tag="Filters",
        id="completeFilter",
        summary="What may be written at the caret of a filter: keys, known values, and values that occur in the bin",
        success=Success(shape=CompletionList),
        query=COMPLETION_QUERY,
        errors=(404,),
    ),
}
