"""The same work with many stored captures."""

from collections.abc import Iterator
from pathlib import Path

from tests.process import ROOT, serving

from .ledger import COUNTS, ask_all
from .measure import Row, at_least, family_of, load, turns
from .million import fill, list_ms

FEW = 10_000
MONTH_US = 29 * 86_400_000_000


def reads(folder: Path, count: int) -> Iterator[Row]:
    """Searches with few and many matches, all of them indexed. Creates both data directories."""
    fill(folder / "small", FEW)
    fill(folder / "large", count)
    few, many = ask_all(folder / "small"), ask_all(folder / "large")
    for name, took_ms in many.items():
        good = took_ms <= 50 and took_ms <= max(3 * few[name], 5)
        text = f"{took_ms:.1f} ms (at {FEW:,} {few[name]:.1f})"
        yield Row(f"{name}, of {count:,}", text, "<= 50 ms, <= 3 times", good)


def counts(folder: Path, count: int) -> Iterator[Row]:
    """The time axis and the overview of a month. They read counts, at most one for each minute."""
    fill(folder / "month", count, MONTH_US // count)
    for name, took_ms in ask_all(folder / "month", COUNTS).items():
        yield Row(f"{name}, of {count:,}", f"{took_ms:.1f} ms", "<= 50 ms", took_ms <= 50)


def writes(folder: Path, count: int) -> Iterator[Row]:
    """The time of captures into both."""
    with serving(folder / "small") as few, serving(folder / "large") as many:
        newest = list_ms(many) / list_ms(few)
        yield Row(f"newest page at {count:,} ÷ at {FEW:,}", f"{newest:.2f}", "<= 2", newest <= 2)
        found = turns(lambda: load(many.port, f"/{many.key}")[0], lambda: load(few.port, f"/{few.key}")[0])
        yield at_least(f"captures/s at {count:,} ÷ at {FEW:,}", found, 0.9)
        pss = sum(process.memory_full_info().pss for process in family_of(many)) / 1e6
        yield Row("memory (PSS) of server, log and follower", f"{pss:.0f} MB", "<= 150 MB", pss <= 150)


def script() -> Iterator[Row]:
    """The size of a first page load."""
    import gzip

    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in (ROOT / "static" / "js").glob("*.js"))
    yield Row("JavaScript on the wire", f"{packed / 1_000:.1f} kB", "<= 60 kB", packed <= 60_000)
