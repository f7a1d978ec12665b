"""The JSON of annotations."""

from app.domain.annotations import Annotation
from app.services.selections import SelectionResult
from app.web.annotations.shapes import AnnotatedShape, AnnotationShape, show_annotated, show_annotation


def test_everything_is_shown() -> None:
    assert show_annotation(Annotation(pinned=True, note="n", tags=("a",))) == AnnotationShape(True, "n", ["a"])
    assert show_annotated(SelectionResult(changed=1, refused=2, next=3)) == AnnotatedShape(1, 2, 3)
