"""Control characters as something to see: browsers drop them, spreadsheets stop at U+0000, terminals run them."""

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ALLOWED = re.compile("[\x7f-\x9f]")
# Unicode has pictures of the controls of ASCII (U+2400 to U+2421), but none of U+0080 to U+009F.
_PICTURES: dict[int, int | str] = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
    | {0x7F: 0x2421}
    | {code: f"[U+{code:04X}]" for code in range(0x80, 0xA0)}
)
_OVERRIDES = {code: f"[U+{code:04X}]" for code in (0x202D, 0x202E)}
_SEEN = "LNPS"


def show_controls(text: str) -> str:
    """The text with a picture for each control character, as ␀ for U+0000; tabs and line ends stay."""
    return text.translate(_PICTURES) if _CONTROLS.search(text) else text


def show_overrides(text: str) -> str:
    """The text with its bidirectional overrides written out, which would show all that follows them backwards: in a
    list, where a text must not look like another one."""
    return text.translate(_OVERRIDES)


def show_character(character: str) -> str:
    """A letter, digit, punctuation mark or symbol as it is, every other character by its name."""
    return character if unicodedata.category(character)[0] in _SEEN else name_character(character)


def name_character(character: str) -> str:
    """Code point and name: "U+200B ZERO WIDTH SPACE", "U+0000 control"."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control')}"


def escape_controls(json: str) -> str:
    """A JSON text with the controls escaped that JSON allows in strings as they are, U+007F to U+009F."""
    return _ALLOWED.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
