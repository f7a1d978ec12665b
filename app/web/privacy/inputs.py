"""The input of the call, and of the form, that sets the privacy of a bin."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from ...domain.privacy import MAX_NAME, MAX_NAMES, Privacy, clean_names, name_problems
from ...errors import Invalid
from ..site.convert import Input, documented

LISTS = ("masked_headers", "masked_fields", "withheld_headers", "withheld_fields")

Names = Annotated[
    tuple[Annotated[str, documented(maxLength=MAX_NAME)], ...],
    Meta(extra_json_schema={"maxItems": MAX_NAMES}, extra={"reason": "must be a list of strings"}),
]


class PrivacyInput(Input, frozen=True, kw_only=True):
    """All privacy settings of a bin; what is left out is off. Names are compared without case."""

    mask: Annotated[
        bool, Meta(description="Mask numbers, codes and links in lists, pages, live frames and exports.")
    ] = False
    masked_headers: Annotated[Names, Meta(description="Headers whose values are masked.")] = ()
    masked_fields: Annotated[Names, Meta(description="Fields whose values are masked.")] = ()
    withheld_headers: Annotated[Names, Meta(description="Headers whose values are never stored.")] = ()
    withheld_fields: Annotated[
        Names,
        Meta(description="Fields of query, form, JSON and multipart whose values are never stored, at any depth."),
    ] = ()

    def privacy(self) -> Privacy:
        """As settings. Invalid names every wrong list."""
        lists = {name: clean_names(getattr(self, name)) for name in LISTS}
        problems = [
            problem
            for name, values in lists.items()
            for problem in name_problems(name, values, of_headers=name.endswith("headers"))
        ]
        if problems:
            raise Invalid(*problems)
        return Privacy(mask=self.mask, **lists)


def raw_of(form: Mapping[str, str]) -> dict[str, object]:
    """A form as the JSON of `PrivacyInput`: one name on each line."""
    return {"mask": "mask" in form, **{name: form.get(name, "").splitlines() for name in LISTS}}
