"""What was not stored, in words and in the database."""

from app.domain.withheld import Withheld, WithheldBody, read_withheld, write_withheld


def test_a_sentence_names_everything_that_is_missing() -> None:
    body = WithheldBody(size=12, sha256="ab" * 32, why="it is compressed")
    whole = Withheld(headers=("authorization",), fields=("card", "cvv"), query=True, body=body)
    assert whole.sentence == (
        "This bin never stores the value of the header authorization, and the values of the fields card, cvv, and this"
        " query, because its fields are not certain, and this body, because it is compressed."
    )
    assert Withheld(fields=("a",)).sentence == "This bin never stores the value of the field a."


def test_it_is_stored_and_read_as_it_is() -> None:
    body = WithheldBody(size=0, sha256="", why="x")
    for withheld in (Withheld(headers=("a",)), Withheld(query=True, body=body)):
        assert read_withheld(write_withheld(withheld)) == withheld
