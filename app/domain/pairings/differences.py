"""Two requests field by field: the differences between what two URLs received."""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

Field = tuple[str, str]
# Longer values are shown cut; they are compared whole.
MOST_SHOWN = 1_000
METHOD = "HTTP method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that is not the same on both sides; None where a side has none of that name. `expected`: the provider's
    deliveries differ in it by themselves."""

    field: str
    primary: str | None
    fallback: str | None
    expected: bool = False


def differ(
    primary: Iterable[Field], fallback: Iterable[Field], expected: AbstractSet[str] = frozenset()
) -> list[Difference]:
    """What differs, in the order of appearance on the primary and then on the fallback. The second field of a name is
    `name (2)`. `expected` names are in lower case."""
    here, there = dict(_numbered(primary)), dict(_numbered(fallback))
    return [
        Difference(
            field=name, primary=_cut(here.get(name)), fallback=_cut(there.get(name)), expected=_plain(name) in expected
        )
        for name in dict.fromkeys((*here, *there))
        if here.get(name) != there.get(name)
    ]


def _numbered(fields: Iterable[Field]) -> Iterator[Field]:
    seen: Counter[str] = Counter()
    for name, value in fields:
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), value


def _plain(name: str) -> str:
    """As data sheets spell it: in lower case, without the places in lists."""
    bare = name.partition(" (")[0].lower()
    return ".".join(part for part in bare.split(".") if not part.isdigit())


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}…"
