"""Reconciliations: a file is received, a process of its own compares it with the bin, and the result is kept."""
