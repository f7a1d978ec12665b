"""Digests of ids and texts, by which a million of them are compared without being held.

They are keyed: without the key of the installation, a short text such as a code cannot be found by trying all of them,
and no one can make two ids with one digest.
"""

from hashlib import blake2b

_SIZE = 8
_BEGIN = 60
_NO_NUMBER = 1 << 63


class Digests:
    """Digests of 64 bits. `key`: at most 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of_id(self, message_id: str) -> int:
        """Of a message id, without regard to case and blanks around it; never 0."""
        return self._digest(message_id.strip().lower()) or 1

    def of_text(self, text: str | None) -> tuple[int, int]:
        """Of a whole text, and of its begin, which is shorter than any segment: some lists have the first segment only.
        Blanks and line breaks are equal to each other. (0, 0) for none."""
        plain = " ".join(text.split()) if text else ""
        if not plain:
            return 0, 0
        whole = self._digest(plain) or 1
        return whole, whole if len(plain) <= _BEGIN else self._digest(plain[:_BEGIN]) or 1

    def of_party(self, number: str | None) -> int:
        """A number in E.164 as its digits, anything else as a digest; 0 for none."""
        if number is None:
            return 0
        if number[:1] == "+" and number[1:].isascii() and number[1:].isdigit() and len(number) <= 18:
            return int(number[1:])
        return self._digest(number.strip().lower()) | _NO_NUMBER

    def _digest(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIZE, key=self._key).digest())


def number_of_party(party: int) -> str | None:
    """The number in E.164 of a `Digests.of_party`; None for anything else."""
    return f"+{party}" if 0 < party < _NO_NUMBER else None
