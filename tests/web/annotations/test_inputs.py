"""The form of an annotation as an input: the pin has a button of its own."""

from app.domain.annotations import Annotation, AnnotationChange
from app.web.annotations.inputs import AnnotateInput, AnnotationInput, raw_of
from app.web.site.convert import convert

OLD = Annotation(pinned=True, note="a", tags=("b",))


def test_the_button_changes_the_pin_only_and_the_form_the_rest() -> None:
    assert raw_of({"pinned": "0"}, OLD) == {"pinned": False, "note": "a", "tags": ["b"]}
    assert raw_of({"note": " n ", "tags": "late, Billing"}, OLD) == {
        "pinned": True, "note": " n ", "tags": ["late", "Billing"],
    }  # fmt: skip


def test_inputs_become_changes() -> None:
    whole = convert({"note": " n ", "tags": ["B", "a"]}, AnnotationInput).change()
    assert whole == AnnotationChange(pinned=False, note="n", tags=("a", "b"))
    some = convert({"numbers": [1], "add": ["B"], "remove": ["C"]}, AnnotateInput).change()
    assert some == AnnotationChange(add=("b",), remove=("c",))
