"""Forwards of a bin: page and API."""
