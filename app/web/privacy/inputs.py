"""The input of the call, and of the form, that sets the privacy of a bin."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from ...domain.privacy import MAX_NAME, MAX_NAMES, Privacy, clean_names, name_problem
from ..site.convert import Input, documented

LISTS = ("masked_headers", "masked_fields", "withheld_headers", "withheld_fields")


def _checked(text: str, *, of_headers: bool = False, is_withheld: bool = False) -> Meta:
    """A list of names with this description."""
    return Meta(
        description=text,
        extra_json_schema={"maxItems": MAX_NAMES},
        extra={"check": _check(of_headers=of_headers, is_withheld=is_withheld), "reason": "must be a list of strings"},
    )


def _check(*, of_headers: bool, is_withheld: bool) -> Callable[[Sequence[str]], None]:
    def check(names: Sequence[str]) -> None:
        problem = name_problem(clean_names(names), of_headers=of_headers, is_withheld=is_withheld)
        if problem is not None:
            raise ValueError(problem)

    return check


Names = tuple[Annotated[str, documented(maxLength=MAX_NAME)], ...]


class PrivacyInput(Input, frozen=True, kw_only=True):
    """All privacy settings of a bin; what is left out is off. Names are compared without case."""

    mask: Annotated[
        bool, Meta(description="Mask numbers, codes and links in lists, pages, live frames and exports.")
    ] = False
    masked_headers: Annotated[Names, _checked("Headers whose values are masked.", of_headers=True)] = ()
    masked_fields: Annotated[Names, _checked("Fields whose values are masked.")] = ()
    withheld_headers: Annotated[
        Names, _checked("Headers whose values are never stored.", of_headers=True, is_withheld=True)
    ] = ()
    withheld_fields: Annotated[
        Names,
        _checked(
            "Fields of query, form, JSON and multipart whose values are never stored, at any depth.", is_withheld=True
        ),
    ] = ()

    def privacy(self) -> Privacy:
        """As settings."""
        return Privacy(mask=self.mask, **{name: clean_names(getattr(self, name)) for name in LISTS})


def raw_of(form: Mapping[str, str]) -> dict[str, object]:
    """A form as the JSON of `PrivacyInput`: one name on each line."""
    return {"mask": "mask" in form, **{name: form.get(name, "").splitlines() for name in LISTS}}
