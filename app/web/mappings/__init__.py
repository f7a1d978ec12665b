"""The field mapping of a bin: page, form, API and JSON Schema."""
