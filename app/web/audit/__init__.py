"""Saved filters of a bin, and completions of a filter: API, and the forms and parts of pages."""
