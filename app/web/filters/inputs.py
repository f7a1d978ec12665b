"""The input of the call that saves a filter. The service checks it, and names all problems at once."""

from typing import Annotated

from ...domain.saved_filters import MAX_FILTER_NAME
from ...domain.search import MAX_LENGTH
from ..site.convert import Input, documented


class FilterInput(Input, frozen=True, kw_only=True):
    """A filter with its name, which no other filter of the bin has."""

    name: Annotated[str, documented(minLength=1, maxLength=MAX_FILTER_NAME)]
    q: Annotated[str, documented(minLength=1, maxLength=MAX_LENGTH)]
