"""Answers of a role: page, form, notes under its fields, API and its JSON."""
