"""Listeners: programs that get the captures of a bin over a WebSocket, each from its own cursor."""
