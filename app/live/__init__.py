"""Subscriptions that wake viewers without carrying data (P4)."""
