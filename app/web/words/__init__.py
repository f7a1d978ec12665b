"""Words, marks and names that several nouns show."""
