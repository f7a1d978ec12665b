"""Reconciliations: a file of the provider compared with a bin; pages and API."""
