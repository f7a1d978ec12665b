"""A QR code as the path of an inline SVG, so that a phone can open an address without typing it."""

from dataclasses import dataclass

import segno

# White modules around the code, which readers need (ISO/IEC 18004: four).
QUIET = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` modules wide and high, the quiet zone included; `path` draws the dark ones, one unit each."""

    size: int
    path: str


def qr_code(text: str) -> QrCode | None:
    """The code of a text, with error correction M; None: the text is too long for one."""
    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError:
        return None
    matrix = [bytes(row) for row in code.matrix]
    runs = (_runs(row, y) for y, row in enumerate(matrix))
    return QrCode(len(matrix) + 2 * QUIET, "".join(runs))


def _runs(row: bytes, y: int) -> str:
    """The dark runs of a row, each one rectangle: rectangles of single modules would have hairlines between them."""
    path, x = "", 0
    while (start := row.find(1, x)) >= 0:
        end = row.find(0, start)
        x = len(row) if end < 0 else end
        path += f"M{start + QUIET} {y + QUIET}h{x - start}v1H{start + QUIET}z"
    return path
