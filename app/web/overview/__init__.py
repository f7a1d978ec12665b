"""The overview of a bin: its volume, failures, times to the final status, and the fallback."""
