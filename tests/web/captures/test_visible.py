"""Invisible characters are marked and named; nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.captures.visible import MOST_SHOWN, VisiblePiece, VisibleText, visible


@pytest.mark.parametrize(
    ("value", "sign", "name"),
    [
        (b" ", "·", "space"),
        (b"\n", "↵\n", "line feed"),
        (b"\r", "␍", "carriage return"),
        (b"\t", "→", "tab"),
        (b"\0", "U+0000", "U+0000"),
        ("\u00a0".encode(), "U+00A0", "U+00A0"),
        ("\u200b".encode(), "U+200B", "U+200B"),
        (b"\xff", "\\xff", "the byte FF"),
    ],
)
def test_each_is_shown_by_a_sign_with_a_name(value: bytes, sign: str, name: str) -> None:
    assert visible(b"a" + value + b"b").pieces == (VisiblePiece("a"), VisiblePiece(sign, name), VisiblePiece("b"))


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=50))
def test_visible_text_is_one_piece(text: str) -> None:
    assert visible(text.encode()).pieces == (VisiblePiece(text),)


def test_an_empty_text_has_none_and_a_long_one_is_cut() -> None:
    assert visible(b"") == VisibleText((), 0)
    assert visible(b"x" * MOST_SHOWN).more == 0
    cut = visible(b"x" * (MOST_SHOWN + 3))
    assert (len(cut.pieces[0].text), cut.more) == (MOST_SHOWN, 3)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_and_the_result_can_be_written(value: bytes) -> None:
    "".join(piece.text for piece in visible(value).pieces).encode()
