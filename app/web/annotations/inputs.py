"""The inputs of calls and forms that annotate captures."""

from typing import Annotated

from msgspec import Meta

from ...domain.annotations import (
    MAX_NOTE,
    MAX_TAG,
    MAX_TAGS,
    Annotation,
    AnnotationChange,
    read_note,
    read_tags,
    split_tags,
)
from ..site.convert import Input, documented
from ..site.selections import SelectionInput

NOTHING = "needs pinned, note, add or remove"


def _check_note(note: str | None) -> None:
    if note is not None:
        read_note(note)


Note = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_NOTE}, extra={"check": _check_note})]
Tags = Annotated[
    tuple[Annotated[str, documented(maxLength=MAX_TAG)], ...],
    Meta(
        description=f"At most {MAX_TAGS}, each of at most {MAX_TAG} letters, digits and . _ - + / # @ : without blanks"
        " and commas. They are stored in lower case.",
        extra_json_schema={"maxItems": MAX_TAGS},
        extra={"check": read_tags, "reason": "must be a list of strings"},
    ),
]


class AnnotationInput(Input, frozen=True, kw_only=True):
    """The whole annotation of a capture; what is left out is empty."""

    pinned: bool = False
    note: Note = ""
    tags: Tags = ()

    def change(self) -> AnnotationChange:
        """As a change that replaces everything."""
        return AnnotationChange(pinned=self.pinned, note=read_note(self.note), tags=read_tags(self.tags))


class AnnotateInput(SelectionInput, frozen=True, kw_only=True):
    """A change of the annotations of several captures. What is null or left out stays as it is."""

    pinned: bool | None = None
    note: Note | None = None
    add: Annotated[Tags, Meta(description="Tags to add.")] = ()
    remove: Annotated[Tags, Meta(description="Tags to remove.")] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pinned is None and self.note is None and not self.add and not self.remove:
            raise ValueError(NOTHING)

    def change(self) -> AnnotationChange:
        """As a change of each of them."""
        note = None if self.note is None else read_note(self.note)
        return AnnotationChange(pinned=self.pinned, note=note, add=read_tags(self.add), remove=read_tags(self.remove))


def raw_of(form: dict[str, str], old: Annotation) -> dict[str, object]:
    """A form as the JSON of `AnnotationInput`. The pin has a button of its own, so a form has either the pin or the
    rest."""
    if "pinned" in form:
        return {"pinned": form["pinned"] == "1", "note": old.note, "tags": list(old.tags)}
    return {"pinned": old.pinned, "note": form.get("note", ""), "tags": split_tags(form.get("tags", ""))}
