"""The text of each named query for PostgreSQL: shared text is translated, unless there is an override."""

from ..queries import FOLDER, load_queries
from .dialect import LEDGER, LOG, translate


def load() -> dict[str, str]:
    """All queries. Raises RuntimeError if an override overrides nothing, or a name is used twice."""
    # What the follower reads from the log.
    feed = load_queries(FOLDER / "ledger" / "feed.sql")
    queries: dict[str, str] = {}
    for folder in ("log", "ledger", "reads"):
        shared = load_queries(FOLDER / folder)
        overrides = load_queries(FOLDER / "postgres" / folder)
        # SQLite has no use for these.
        own = load_queries(FOLDER / "postgres" / "own" / folder)
        if unknown := overrides.keys() - shared.keys():
            raise RuntimeError(f"no query has the name of the override {min(unknown)}")
        if repeated := own.keys() & shared.keys() | queries.keys() & (own.keys() | shared.keys()):
            raise RuntimeError(f"the query {min(repeated)} has been given already")
        for name, text in (shared | overrides | own).items():
            queries[name] = translate(text, LOG if folder == "log" or name in feed else LEDGER)
    return queries


SQL = load()
