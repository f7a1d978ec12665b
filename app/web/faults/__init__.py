"""Faults of a role: page, form, and API."""
