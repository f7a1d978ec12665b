"""Faults of a role: page, form, API and its JSON."""
