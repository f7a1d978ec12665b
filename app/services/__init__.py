"""Use cases, async and without HTTP, on top of the store."""
