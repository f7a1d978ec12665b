"""The JSON of annotations; the OpenAPI document's components are generated from these types."""

from typing import Annotated

import msgspec
from msgspec import Meta

from ...domain.annotations import Annotation
from ...services.selections import SelectionResult


class AnnotationShape(msgspec.Struct):
    """The annotation of a capture. `tags` are in alphabetical order."""

    pinned: bool
    note: str
    tags: list[str]


class AnnotatedShape(msgspec.Struct):
    """The result of one call for several captures."""

    changed: int
    refused: Annotated[int, Meta(description="Captures that were not changed, because they would have too many tags.")]
    next: Annotated[int | None, Meta(description="Pass it as `after` in the next call; null: all are handled.")]


def show_annotation(annotation: Annotation) -> AnnotationShape:
    """An annotation."""
    return AnnotationShape(annotation.pinned, annotation.note, list(annotation.tags))


def show_annotated(result: SelectionResult) -> AnnotatedShape:
    """The result of a call."""
    return AnnotatedShape(result.changed, result.refused, result.next)
