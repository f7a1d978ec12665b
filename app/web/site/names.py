"""What forms and calls accept as a name, and as a duration: for the OpenAPI document and for the check."""

import re

# What `parse_duration` reads.
DURATION = r"^\s*(0|[0-9]{1,9}[smhd])\s*$"
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
NAME = rf"^(?![\s\S]*[{_CONTROLS}])[\s\S]*\S"


def check_name(name: str, most: int) -> None:
    """ValueError: it is empty, or has line breaks. Its length is checked by the type of the field; `most` is for the
    message."""
    if not name.strip():
        raise ValueError(f"must be a string of 1 to {most} characters")
    if re.search(f"[{_CONTROLS}]", name):
        raise ValueError("must not contain line breaks or control characters")
