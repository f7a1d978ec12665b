"""The read side of the Store: named queries, and rows as the words of the domain."""
