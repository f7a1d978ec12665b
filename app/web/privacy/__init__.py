"""Privacy settings: what is masked, and what is never stored."""
