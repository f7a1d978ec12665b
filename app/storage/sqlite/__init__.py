"""SQLite: the only package that imports `sqlite3` and `aiosqlite`."""
