"""Alerts of a bin: pages and API."""
