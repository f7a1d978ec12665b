"""Alerts: conditions on the captures of a bin, and whom to tell when one holds."""
