"""The overview of a bin: what came, what failed, how long it took, and the fallback."""
