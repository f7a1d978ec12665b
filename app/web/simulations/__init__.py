"""Simulations: page, form, words, and API."""
