"""Answers of a role: page, form, notes under its fields, and API."""
