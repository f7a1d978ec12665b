"""Bins: the home page, the settings of one, API and its JSON."""
