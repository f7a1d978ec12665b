"""Pairings of primary and fallback requests: the model and its fold, reasons, measures and differences."""
