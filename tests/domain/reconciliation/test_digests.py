"""Digests of ids, texts and parties."""

from app.domain.reconciliation.digests import Digests, number_of_party

DIGESTS = Digests(b"key")


def test_an_id_is_equal_in_any_case_and_with_blanks_around_it() -> None:
    assert DIGESTS.of_id(" SM00AB ") == DIGESTS.of_id("sm00ab") != DIGESTS.of_id("sm00ac")
    assert DIGESTS.of_id("") != 0


def test_a_digest_depends_on_the_key() -> None:
    assert Digests(b"other").of_id("a") != DIGESTS.of_id("a")
    assert Digests(b"other").of_text("Your code is 482913") != DIGESTS.of_text("Your code is 482913")


def test_blanks_and_line_breaks_in_texts_are_equal() -> None:
    assert DIGESTS.of_text("a  b\r\nc ") == DIGESTS.of_text("a b c")
    assert DIGESTS.of_text("a b c") != DIGESTS.of_text("A b c")


def test_no_text_has_no_digest() -> None:
    assert DIGESTS.of_text(None) == DIGESTS.of_text("") == DIGESTS.of_text(" \n") == (0, 0)


def test_a_text_that_is_cut_has_the_same_begin() -> None:
    whole, begin = DIGESTS.of_text("x" * 60 + " and more")
    cut = DIGESTS.of_text("x" * 60)
    assert begin == cut[1]
    assert whole != cut[0]


def test_halves_of_surrogate_pairs_do_not_fail() -> None:
    assert DIGESTS.of_text("\ud800")[0]


def test_a_party_is_its_number_or_a_digest() -> None:
    assert DIGESTS.of_party("+14155550123") == 14155550123
    assert DIGESTS.of_party("Acme") == DIGESTS.of_party("ACME ") != DIGESTS.of_party("Acne")
    assert DIGESTS.of_party("90210") != 90210
    assert DIGESTS.of_party(None) == 0
    assert DIGESTS.of_party("+" + "9" * 200) >= 1 << 63
    assert [number_of_party(DIGESTS.of_party(number)) for number in ("+14155550123", "Acme", None)] == [
        "+14155550123", None, None
    ]  # fmt: skip
