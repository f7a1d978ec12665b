"""The views of a body: as received, indented, as a tree, and as bytes; each bounded."""

import json
from dataclasses import dataclass

from ...parsing import Parsed
from .trees import Tree, tree_of

HEX_BYTES = 16_384
TEXT_CHARACTERS = 128_000
# A JSON body of one line is shown indented first, if it is longer than this.
ONE_LINE = 400


@dataclass(frozen=True, slots=True)
class HexLine:
    """Sixteen bytes: their offset, as numbers, as characters."""

    offset: str
    numbers: str
    characters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyViews:
    """The beginning of a body as text (None: it is none) and as bytes. `indented`: JSON with a line for each value;
    `tree`: JSON, XML or a form. `find`: what the tree was searched for. `first`: the view to begin with."""

    text: str | None
    indented: str | None
    tree: Tree | None
    hexdump: tuple[HexLine, ...]
    find: str
    first: str

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the views that there are, by name."""
        there = {"text": self.text, "indented": self.indented, "tree": self.tree, "hex": self.hexdump}
        titles = {"text": "Text", "indented": "Indented", "tree": "Tree", "hex": "Hex"}
        return {name: title for name, title in titles.items() if there[name] is not None}


def views_of(parsed: Parsed, body: bytes, find: str = "") -> BodyViews:
    """All views of a body."""
    text = None if parsed.text is None else parsed.text[:TEXT_CHARACTERS]
    is_nested = parsed.is_json and isinstance(parsed.json, dict | list)
    indented = json.dumps(parsed.json, ensure_ascii=False, indent=2)[:TEXT_CHARACTERS] if is_nested else None
    tree = tree_of(parsed, find)
    one_line = text is not None and len(text) > ONE_LINE and "\n" not in text.strip()
    return BodyViews(
        text=text,
        indented=indented,
        tree=tree,
        hexdump=tuple(_hexdump(body[:HEX_BYTES])),
        find=find,
        first="tree" if find and tree else "indented" if indented and one_line else "hex" if text is None else "text",
    )


def _hexdump(body: bytes) -> list[HexLine]:
    lines = []
    for offset in range(0, len(body), 16):
        piece = body[offset : offset + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        lines.append(HexLine(f"{offset:06x}", piece.hex(" "), shown))
    return lines
