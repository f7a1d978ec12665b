"""A mistake is compared by what it is."""

from app.signatures.pasting.model import CodeMistake, Key, SignedText


def test_a_mistake_needs_no_cure_and_no_mistakes_are_the_right_text_and_key() -> None:
    mistake = CodeMistake("url_scheme", "the URL begins with http://")
    assert mistake == CodeMistake("url_scheme", "the URL begins with http://", "")
    assert SignedText((), b"a").mistakes == Key((), b"a").mistakes == ()
