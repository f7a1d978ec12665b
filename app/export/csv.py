"""CSV for spreadsheets (RFC 4180, UTF-8, with a header line): the summary fields; lists and objects as JSON.

Captured text must not become a formula. Many spreadsheets also split a file at semicolons or tabs, and then quotes
do not hold a cell together. So a formula sign gets an apostrophe at the beginning of a cell and after every `;`, tab
and line break, whatever spaces and quotes are in between. A cell that is a phone number, `+` and digits, is not
changed. All cells are quoted; only null is an empty cell. Control characters are replaced by pictures of them, because
programs stop reading at U+0000. JSON Lines is the lossless format.
"""

import json
import re
from typing import Any, Final

from ..domain.visible import show_controls
from .format import About, Format, Row

_PHONE: Final = re.compile(r"\+[0-9]{2,15}")
# In Japanese or Chinese locales a spreadsheet also accepts full-width and small forms as formula signs.
_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
# What a spreadsheet may remove before it interprets a cell: quotes, spaces, control and format characters. The
# separators are included so that a run is matched at once, in linear time.
_DROPPED: Final = r'[;"\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*'
_START: Final = re.compile(rf"(?:^|[;\t\r\n]){_DROPPED}(?=([{_SIGNS}])?)")
_HIDDEN_START: Final = ("\t", "\r", "\n", "\0")


def begin(about: About) -> bytes:
    """The header line."""
    return _line([cell(name) for name in about.columns])


def row(about: About, values: Row) -> bytes:
    """One line; a quoted cell may contain line breaks."""
    return _line([cell(values[name]) for name in about.columns])


def cell(value: Any) -> str:
    """One value as a CSV cell."""
    return "" if value is None else '"' + show_controls(_harmless(value)).replace('"', '""') + '"'


def _harmless(value: Any) -> str:
    """The text of a cell that a spreadsheet displays and never evaluates."""
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
