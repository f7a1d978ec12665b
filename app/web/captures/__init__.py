"""Captures (on pages: requests): the list, one in detail, and API."""
