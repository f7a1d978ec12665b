"""Numbers of which only a part is known. They fit several numbers, so a match by them is never certain.

The unknown rest is written as `…`: `+141556…` was `1.41556E+10` in a spreadsheet, whose last digit is rounded, and
`…4155550123` has lost its country code.
"""

REST = "…"
LEAST_DIGITS = 7
"""Digits at the end of a number that are enough to compare it."""


def is_partial(number: str | None) -> bool:
    """Whether only a part of a number is known."""
    return number is not None and REST in (number[:1], number[-1:])


def fits(number: str | None, partial: str | None) -> bool:
    """Whether a number may be the one that is known in part, or is equal to one that is known as a whole."""
    if number is None or partial is None or not is_partial(partial):
        return number == partial
    digits = number.removeprefix("+")
    if not digits.isdigit():
        return False
    if partial.startswith(REST):
        return digits.endswith(partial[1:][-LEAST_DIGITS:])
    begin = partial[:-1].removeprefix("+")
    hidden = len(digits) - len(begin)
    if hidden <= 0:
        return False
    unit = 10**hidden
    return int(begin) in (int(digits) // unit, (int(digits) + unit // 2) // unit)
