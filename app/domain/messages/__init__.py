"""Messages: the model, and the fold that builds one from its events."""
