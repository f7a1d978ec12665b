"""Primary against fallback: the list of pairings, one in detail, report, and API."""
