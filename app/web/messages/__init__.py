"""Messages: the list, one in detail with its timeline, and API."""
