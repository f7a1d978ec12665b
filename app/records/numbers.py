"""Numbers of the parties as exports and spreadsheets write them."""

import re
from functools import lru_cache

from ..domain.reconciliation.parties import LEAST_DIGITS, REST
from ..providers.kit.bounds import MAX_VALUE
from ..providers.kit.parties import ReadNumber, party

_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d{1,14}))?E\+?(\d{1,2})", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"(\d{7,15})[.,]0", re.ASCII)
_DIGITS = re.compile(r"[\d\s().\-/]+", re.ASCII)
_NO_DIGITS = re.compile(r"\D+", re.ASCII)
_LONGEST_NUMBER = 15


@lru_cache(maxsize=16_384)
def read_party(cell: str, read_number: ReadNumber) -> str | None:
    """A number in E.164, a short code or sender name as written; a number that is known in part as in
    `domain/reconciliation/parties.py`; None for a blank cell. `read_number`: as the provider writes numbers."""
    # A leading apostrophe keeps a spreadsheet from calculating with it.
    text = cell.strip().removeprefix("'")[:MAX_VALUE]
    if not text:
        return None
    if match := _SCIENTIFIC.fullmatch(text):
        return _of_mantissa(match[1] + (match[2] or ""), int(match[3]) + 1)
    if match := _WHOLE.fullmatch(text):
        text = match[1]
    found = party(text, read_number)
    if found is None or found.startswith("+") or not _DIGITS.fullmatch(found):
        return found
    digits = _NO_DIGITS.sub("", found)
    return REST + digits.lstrip("0") if len(digits.lstrip("0")) >= LEAST_DIGITS else found


def _of_mantissa(digits: str, length: int) -> str:
    if length > _LONGEST_NUMBER:
        return digits
    whole = len(digits) >= length
    return f"+{digits[:length]}" if whole else f"+{digits.rstrip('0') or digits}{REST}"
