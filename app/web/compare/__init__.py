"""Primary against fallback: the list of pairings, one in detail, report, API and its JSON."""
