"""Forwards: their settings, the runner of each, and the requests that they send."""
