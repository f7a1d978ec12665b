"""The columns of a record file, with those that a reconciliation adds."""

from collections.abc import Sequence

OWN = ("verdict", "reason", "captures")
"""The columns that are added."""


def own_columns(columns: Sequence[str]) -> list[str]:
    """The names of the file's columns, each once: a file may repeat one, and may have those that are added."""
    found: list[str] = []
    for name in columns:
        new, count = name, 2
        while new in found or new in OWN:
            new, count = f"{name} ({count})", count + 1
        found.append(new)
    return found
