"""Captures (on pages: requests): the list, one in detail, API and its JSON."""
