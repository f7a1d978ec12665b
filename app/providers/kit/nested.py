"""Ways into JSON of any shape: a wrong type on the way is the same as nothing there."""

from ...parsing import JsonValue


def within(value: JsonValue, *path: str | int) -> JsonValue:
    """The value at a path of names (in lower case, matched in any case) and list positions; None for none."""
    for step in path:
        if isinstance(value, dict):
            value = value[step] if step in value else _in_any_case(value, step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: JsonValue, *path: str | int) -> list[JsonValue]:
    """The list at a path; a single thing counts as a list of one."""
    found = within(value, *path)
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def said(value: JsonValue, *path: str | int) -> str | None:
    """The text or number at a path, as text; "" stays. None for null and for what is no scalar."""
    found = within(value, *path)
    if isinstance(found, str):
        return found
    return repr(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _in_any_case(value: dict[str, JsonValue], step: str | int) -> JsonValue:
    return next((child for name, child in value.items() if name.lower() == step), None)
