"""The named queries under `sql/`: SQL text stands nowhere else."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_queries(folder: Path = FOLDER) -> dict[str, str]:
    """Every `-- name:` of every file, by name."""
    queries: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _NAME.split(path.read_text())[1:]
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in queries:
                raise RuntimeError(f"the query {name} stands twice under {folder}")
            queries[name] = text.strip()
    return queries


SQL = load_queries()
