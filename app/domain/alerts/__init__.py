"""Alerts: conditions on the captures of a bin, and who is notified when one holds."""
