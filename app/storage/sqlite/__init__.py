"""SQLite: the only package that imports `sqlite3`, and where the readers' `aiosqlite` is at home."""
