"""Conversations: pairs of numbers, and what they wrote to each other."""
