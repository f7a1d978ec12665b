"""The storage engine on PostgreSQL, for several servers. `psycopg` is imported here only."""
