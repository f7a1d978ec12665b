"""Values out of JSON of any shape: what is not as documented counts as not there, so no sheet can fail on it.

Names in paths are in lower case, as a `Glance` gives them. The sheets' `meanings` name JSON fields by dotted path
without the positions in lists: `results.0.messageId` is `results.messageid`.
"""

from ...parsing import JsonValue

_NESTED = (dict, list)


def lowered(value: JsonValue) -> JsonValue:
    """The same with all names in lower case; of names that differ in case only, the first one stays."""
    # It calls itself for what is nested only: a call for each scalar takes twice as long.
    if isinstance(value, dict):
        found: dict[str, JsonValue] = {}
        for name, child in value.items():
            found.setdefault(name.lower(), lowered(child) if isinstance(child, _NESTED) else child)
        return found
    if isinstance(value, list):
        return [lowered(child) if isinstance(child, _NESTED) else child for child in value]
    return value


def at(value: JsonValue, *path: str | int) -> JsonValue:
    """The value at a path of names in lower case and list positions; None for none."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_at(value: JsonValue, *path: str | int) -> str | None:
    """A text, "" too; a number as its digits, true and false as those words. None for null and for no scalar."""
    found = at(value, *path)
    if isinstance(found, str):
        return found
    if isinstance(found, bool):
        return str(found).lower()
    return repr(found) if isinstance(found, int | float) else None


def items(value: JsonValue, *path: str | int) -> list[JsonValue]:
    """The list at a path. A single value counts as a list of one, null as an empty one."""
    found = at(value, *path)
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def texts(value: JsonValue, *path: str | int) -> tuple[str, ...]:
    """The texts of the list at a path that are not blank."""
    return tuple(item for item in items(value, *path) if isinstance(item, str) and item)


def count(text: str | None) -> int | None:
    """A whole number from 1 to 9,999, as segments and pieces are counted; None for anything else."""
    if not text or len(text) > 4 or not text.isascii() or not text.isdigit():
        return None
    return int(text) or None


def error_code(code: str | None) -> str | None:
    """An error code as sent; None for a blank one and for zeros, which are no error."""
    return code if code and code.strip("0") else None
