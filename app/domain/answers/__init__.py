"""What a bin's URLs answer: the model, its limits, remarks on an answer, and placeholders in it."""
