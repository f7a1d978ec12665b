"""Simulations: page, form, words, API and its JSON."""
