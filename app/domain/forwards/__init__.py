"""Forwards: rules that send the captures of a bin to a URL of the user, again and again until each has arrived."""
