"""The named queries under `sql/`. There is no SQL text in other files."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
# One folder for each database and its process, and one for the server's reads of the ledger.
_FOLDERS = ("log", "ledger", "reads", "results")
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_queries(*sources: Path) -> dict[str, str]:
    """All queries of these files and folders by their `-- name:`."""
    queries: dict[str, str] = {}
    for path in (path for source in sources for path in _files_of(source)):
        parts = _NAME.split(path.read_text())[1:]
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in queries:
                raise RuntimeError(f"the query {name} of {path} has been given already")
            queries[name] = text.strip()
    return queries


def _files_of(source: Path) -> list[Path]:
    return [source] if source.suffix else sorted(source.glob("*.sql"))


SQL = load_queries(*(FOLDER / name for name in _FOLDERS))
