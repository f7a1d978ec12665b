"""Formats an exception for the log without data from requests.

The message of an exception often has the value that caused it: a text, a header, a key. So for all but a few classes
only the name is logged, with the places.
"""

from collections.abc import Iterator
from traceback import extract_tb

# Their messages come from the system or from SQLite and concern our own files and statements.
_PLAIN = ("OSError", "sqlite3.")
_MAX_FRAMES = 30
_MAX_CAUSES = 5


def trace_of(error: BaseException) -> str:
    """The exception with its causes, the first cause first, each with its call stack, the outermost call first."""
    return "\n".join(_describe(one) for one in reversed(list(_chain(error))))


def name_of(error: BaseException) -> str:
    """The class, and the message if it cannot have data from requests."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError):
        return name if error.strerror is None else f"{name}: {error.strerror}"
    return f"{name}: {error}" if name.startswith(_PLAIN) else name


def place_of(error: BaseException) -> str:
    """Where it was raised."""
    frames = extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _describe(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    lines = [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
    return "\n".join([*lines, name_of(error)])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen and len(seen) < _MAX_CAUSES:
        seen.append(link)
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
