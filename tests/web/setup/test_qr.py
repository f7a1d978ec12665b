"""QR codes: the path draws the modules of the code, and nothing else."""

import re

import segno

from app.web.setup.qr import QUIET, qr_code

ADDRESS = "https://sms.example.net/bins/01jd7x8q2m"


def _drawn(path: str) -> set[tuple[int, int]]:
    """The unit squares of a path, as (x, y)."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", path)
    assert "".join(f"M{x} {y}h{wide}v1H{back}z" for x, y, wide, back in runs) == path
    assert all(x == back for x, _, _, back in runs)
    return {(int(x) + i, int(y)) for x, y, wide, _ in runs for i in range(int(wide))}


def test_the_path_draws_exactly_the_dark_modules() -> None:
    code = qr_code(ADDRESS)
    assert code is not None
    matrix = segno.make_qr(ADDRESS, error="m").matrix
    dark = {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert _drawn(code.path) == dark
    assert code.size == len(matrix) + 2 * QUIET


def test_the_three_corners_have_the_patterns_that_readers_search() -> None:
    code = qr_code(ADDRESS)
    assert code is not None
    end = code.size - QUIET - 7
    drawn = _drawn(code.path)
    for left, top in ((QUIET, QUIET), (end, QUIET), (QUIET, end)):
        ring = {(left + i, top) for i in range(7)} | {(left, top + i) for i in range(7)}
        assert ring <= drawn
        assert (left + 1, top + 1) not in drawn


def test_a_text_that_is_too_long_has_no_code() -> None:
    assert qr_code("x" * 3_000) is None
