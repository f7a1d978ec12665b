"""The statements that are not queries of the log or the ledger: transactions, schemas, notices."""

from ..queries import FOLDER, load_queries

ENGINE = load_queries(FOLDER / "postgres" / "engine")
