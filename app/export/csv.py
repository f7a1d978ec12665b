"""CSV for spreadsheets (RFC 4180, UTF-8, a header line): the summary fields, lists and objects as JSON.

Nothing captured may become a formula there: a cell that begins like one gets an apostrophe. A phone number begins with
`+` too, and stays as it is. Null is an empty cell, an empty text is `""`. Who needs every character takes JSON Lines.
"""

import json
import re
from typing import Any, Final

from .format import About, Format, Row

_PHONE: Final = re.compile(r"\+[0-9]{2,15}")
# The full-width forms are formulas too where a spreadsheet is set to Japanese or Chinese.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_QUOTED: Final = re.compile(r'[",\r\n]|^\s|\s$|^$')


def begin(about: About) -> bytes:
    """The header line."""
    return _line([cell(name) for name in about.columns])


def row(about: About, values: Row) -> bytes:
    """One line; a quoted cell may hold line breaks."""
    return _line([cell(values[name]) for name in about.columns])


def cell(value: Any) -> str:
    """One value as it stands between two commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.startswith(_FORMULA) and not _PHONE.fullmatch(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


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
