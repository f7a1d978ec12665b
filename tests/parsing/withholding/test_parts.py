"""The parts of a multipart body, replaced where they stand."""

import pytest

from app.domain.privacy import Privacy
from app.parsing.withholding.names import Undecidable, names_of
from app.parsing.withholding.parts import in_parts

NAMES = names_of(Privacy(withheld_fields=("card",)))
PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


def test_a_part_is_replaced_and_the_others_stay() -> None:
    body = b"\r\n" + PART % (b"a", b"1") + PART % (b"CARD", b"4\r\n1") + b"--b--\r\n"
    found: set[str] = set()
    assert in_parts(body, "b", NAMES, found) == (
        b"\r\n" + PART % (b"a", b"1") + PART % (b"CARD", b"[not stored]") + b"--b--\r\n"
    )
    assert found == {"card"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"card=1", b"x" + PART % (b"a", b"1"), PART % (b"a", b"1") + b"--b--\r\ncard=1", b"--b\r\ncard",
        PART % (b"a", b"1\x00"), b"--b\r\nContent-Type: multipart/mixed; name=a\r\n\r\nx",
    ],
)  # fmt: skip
def test_what_cannot_be_separated_is_not_certain(body: bytes) -> None:
    with pytest.raises(Undecidable):
        in_parts(body, "b", NAMES, set())
    with pytest.raises(Undecidable):
        in_parts(body, "", NAMES, set())


def test_a_body_that_ends_early_has_its_last_part_replaced() -> None:
    assert in_parts((PART % (b"card", b"4111"))[:-4], "b", NAMES, set()).endswith(b"\r\n\r\n[not stored]")
