"""The wiretap of a role: page, form, and API."""
