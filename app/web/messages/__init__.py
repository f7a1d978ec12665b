"""Messages: the list, one in detail with its timeline, API and its JSON."""
