"""What the palette finds while a person types: bins, numbers, message ids and requests."""
