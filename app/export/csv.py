"""CSV for spreadsheets (RFC 4180, UTF-8, a header line): the summary fields, lists and objects as JSON.

Nothing captured may become a formula there. Many spreadsheets split a file at semicolons or tabs as well, and then
quotes do not hold a cell together. So a formula sign gets an apostrophe at the beginning of a cell and behind every
`;`, tab and line break, whatever blanks and quotes stand between. A cell that is a phone number, `+` and digits, stays
as it is. All cells are quoted; only null is an empty cell. Who needs every character takes JSON Lines.
"""

import json
import re
from typing import Any, Final

from .format import About, Format, Row

_PHONE: Final = re.compile(r"\+[0-9]{2,15}")
# The full-width and small forms are formulas too where a spreadsheet is set to Japanese or Chinese.
_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
# What a spreadsheet may drop before it looks at a cell: quotes, blanks, control and format characters. With the
# separators in it a whole run is read at once, so that the time is that of the length of the text.
_DROPPED: Final = r'[;"\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*'
_START: Final = re.compile(rf"(?:^|[;\t\r\n]){_DROPPED}(?=([{_SIGNS}])?)")
_HIDDEN_START: Final = ("\t", "\r", "\n", "\0")


def begin(about: About) -> bytes:
    """The header line."""
    return _line([cell(name) for name in about.columns])


def row(about: About, values: Row) -> bytes:
    """One line; a quoted cell may hold line breaks."""
    return _line([cell(values[name]) for name in about.columns])


def cell(value: Any) -> str:
    """One value as it stands between two commas."""
    return "" if value is None else '"' + _harmless(value).replace('"', '""') + '"'


def _harmless(value: Any) -> str:
    """What a spreadsheet shows, and never computes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if _PHONE.fullmatch(text):
        return text
    text = _START.sub(lambda start: start[0] + "'" if start[1] else start[0], text)
    return "'" + text if text.startswith(_HIDDEN_START) else text


def _line(cells: list[str]) -> bytes:
    return (",".join(cells) + "\r\n").encode("utf-8", "replace")


FORMAT = Format(
    name="csv",
    title="CSV",
    content_type="text/csv",
    takes=("captures", "messages"),
    whole=False,
    begin=begin,
    row=row,
)
