"""The read side of the Store: runs named queries and converts rows to domain objects."""
