"""Drills: page, words, API and its JSON."""
