"""What providers export that is recognised by its columns."""

from ...records.shapes import SHAPES


def known_exports(provider: str | None) -> list[str]:
    """What can be exported where; that of this provider first."""
    own = [shape.title for shape in SHAPES if shape.provider == provider]
    others = [shape.title for shape in SHAPES if shape.provider != provider]
    return list(dict.fromkeys([*own, *others]))
