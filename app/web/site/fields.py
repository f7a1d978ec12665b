"""Single fields of a JSON body, read one by one so that every mistake is named."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


Problems = list[tuple[str, str]]


def take(
    name: str, path: str, said: Any, read: Callable[[Any], Any], values: dict[str, Any], problems: Problems
) -> None:
    """Put the field `name` into `values`, or its mistake into `problems` under `path`."""
    try:
        values[name] = read(said)
    except ValueError as error:
        problems.append((path, str(error)))


def whole(said: object) -> int:
    """ValueError for anything else; true and false are no numbers."""
    if not isinstance(said, int) or isinstance(said, bool):
        raise ValueError("must be a whole number")
    return said


def text(said: object) -> str:
    """ValueError for anything else."""
    if not isinstance(said, str):
        raise ValueError("must be a text")
    return said
