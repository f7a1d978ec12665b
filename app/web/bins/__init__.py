"""Bins: the home page, the settings of one, and API."""
