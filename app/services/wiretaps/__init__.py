"""Wiretaps: which program answers the requests of a role, asking it, and what the provider gets."""
