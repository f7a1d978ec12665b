"""Pin, note and tags: what may be written, and how changes combine."""

import pytest

from app.domain.annotations import (
    MAX_NOTE,
    MAX_TAG,
    MAX_TAGS,
    NO_ANNOTATION,
    Annotation,
    AnnotationChange,
    read_note,
    read_tag,
    read_tags,
    split_tags,
)
from app.domain.search import Candidate, matches, parse_query


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("Billing", "billing"),
        (" late ", "late"),
        ("ÄRGER", "ärger"),
        ("A\u0308rger", "ärger"),
        ("ticket#1/2@team.a+b-c_d:e", "ticket#1/2@team.a+b-c_d:e"),
        ("x" * MAX_TAG, "x" * MAX_TAG),
    ],
)
def test_a_tag_is_stored_in_lower_case(typed: str, tag: str) -> None:
    assert read_tag(typed) == tag
    assert read_tag(tag) == tag


@pytest.mark.parametrize("typed", ["", " ", "two words", "a,b", 'a"b', "a*", "a\x00", "🚗", "\ud800"])
def test_another_text_is_no_tag_and_the_cure_is_named(typed: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        read_tag(typed)


def test_a_tag_has_so_many_characters_and_a_capture_so_many_tags() -> None:
    with pytest.raises(ValueError, match=f"at most {MAX_TAG} characters"):
        read_tag("x" * (MAX_TAG + 1))
    many = [f"t{number}" for number in range(MAX_TAGS)]
    assert set(read_tags([*many, "T1"])) == set(many)
    with pytest.raises(ValueError, match=f"at most {MAX_TAGS}; these are {MAX_TAGS + 1}"):
        read_tags([*many, "more"])


def test_a_wrong_tag_of_several_is_named() -> None:
    assert read_tags(["late", "Billing", "LATE"]) == ("billing", "late")
    with pytest.raises(ValueError, match="“not good”: a tag has letters"):
        read_tags(["late", "not good"])
    with pytest.raises(ValueError, match="“" + "x" * 40 + "…”"):
        read_tags(["x" * 99])


def test_tags_in_one_field_have_blanks_or_commas_between_them() -> None:
    assert split_tags(" late, billing\tnew,,\n") == ["late", "billing", "new"]


def test_a_note_has_so_many_characters_without_blanks_around_it() -> None:
    assert read_note("  called\r\nback \n") == "called\nback"
    assert read_note("x" * MAX_NOTE + "  ") == "x" * MAX_NOTE
    with pytest.raises(ValueError, match=r"at most 2,000 characters; this has 2,001"):
        read_note("x" * (MAX_NOTE + 1))
    for control in ("a\x00", "a\x1bb", "a\ud800"):
        with pytest.raises(ValueError, match="control characters"):
            read_note(control)


def test_a_change_keeps_what_it_does_not_name() -> None:
    old = Annotation(pinned=True, note="a", tags=("b", "c"))
    assert AnnotationChange().of(old) == old
    assert AnnotationChange(pinned=False, add=("a",), remove=("c",)).of(old) == Annotation(note="a", tags=("a", "b"))
    assert AnnotationChange(pinned=False, note="", tags=()).of(old) == NO_ANNOTATION
    # A tag that is added and removed is there.
    assert AnnotationChange(add=("c",), remove=("c",)).of(old) == old


def test_only_an_empty_annotation_is_nothing() -> None:
    assert not NO_ANNOTATION
    assert all((Annotation(pinned=True), Annotation(note="a"), Annotation(tags=("a",))))


def test_every_tag_can_be_written_in_a_filter_without_quotes() -> None:
    for tag in ("ticket#1/2@team.a+b-c_d:e", "-late", "ärger"):
        candidate = Candidate(
            n=1, received_at=None, role="", kind="", method="", size=0,  # type: ignore[arg-type]
            annotation=Annotation(tags=(read_tag(tag),)),
        )  # fmt: skip
        assert matches(parse_query(f"tag:{tag}"), candidate, now=None)  # type: ignore[arg-type]
