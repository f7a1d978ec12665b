"""Signed-in browsers: the page of the server's settings, and API."""
