"""Bells: they wake viewers and carry nothing (P4)."""
