"""Replays: captures sent again."""
