"""`make bench`: performance as ratios within one run, and the limits they must meet. Exit code 1 when one is missed.

Requests a second differ between machines; the ratio of two servers that are measured alternately in one run hardly
does. `make bench ARGS=--quick` has a tenth of the captures. With names of parts only these are measured. `make bench
DATABASE=postgresql` measures servers on PostgreSQL.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from . import attack, latency, rates, reconciling, shared, size, wiretap
from .measure import Row

PARTS: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "script": lambda folder, count: size.script(),
    "throughput": lambda folder, count: rates.throughput(folder),
    "sustained": lambda folder, count: rates.sustained(folder),
    "catching-up": lambda folder, count: rates.catching_up(folder, count // 5),
    "latency": lambda folder, count: latency.latency(folder),
    "held": lambda folder, count: latency.held(folder),
    "wiretap": lambda folder, count: wiretap.wiretap(folder),
    "attack": lambda folder, count: attack.attack(folder),
    "counts": lambda folder, count: size.counts(folder, count),
    "reconciling": lambda folder, count: reconciling.reconciling(count),
    "size": lambda folder, count: _size(folder, count),
}
# With a private PostgreSQL: `make bench DATABASE=postgresql`.
POSTGRESQL: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "throughput": lambda folder, count: shared.throughput(folder),
    "appenders": lambda folder, count: shared.appenders(),
    "followers": lambda folder, count: shared.followers(folder),
    "notices": lambda folder, count: shared.notices(folder),
    "newest": shared.newest,
}
DATABASES = {"sqlite": PARTS, "postgresql": POSTGRESQL}


def _size(folder: Path, count: int) -> Iterator[Row]:
    yield from size.reads(folder, count)
    yield from size.writes(folder, count)
    yield from rates.beside(folder)


def main() -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 captures instead of 1,000,000")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without one")
    options = parser.parse_args()
    parts = DATABASES[options.database]
    for name in set(options.parts) - set(parts):
        parser.error(f"there is no part {name}: {', '.join(parts)}")
    good = True
    with tempfile.TemporaryDirectory(prefix="smsbin-bench-") as name:
        for part in options.parts or parts:
            for row in parts[part](Path(name), 100_000 if options.quick else 1_000_000):
                good = good and row.good
                print(f"{'ok  ' if row.good else 'MISS'} {row.name:<58} {row.value:>34}   {row.bar}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
