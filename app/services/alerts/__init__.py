"""Alerts: their settings, what watches each bin that has some, and the deliveries of their notices."""
