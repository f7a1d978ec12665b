"""Drills: page, words, and API."""
