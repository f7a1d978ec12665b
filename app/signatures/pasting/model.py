"""A mistake of code that computes signatures, and a text that such code signs."""

from typing import NamedTuple


class CodeMistake(NamedTuple):
    """One mistake: its stable code, what the code does, and what it should do."""

    code: str
    words: str
    cure: str = ""


class SignedText(NamedTuple):
    """The bytes that are signed with these mistakes; none: the right ones."""

    mistakes: tuple[CodeMistake, ...]
    signed: bytes


class Key(NamedTuple):
    """The bytes that are the key with these mistakes."""

    mistakes: tuple[CodeMistake, ...]
    value: bytes
