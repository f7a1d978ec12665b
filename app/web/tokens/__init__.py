"""Named access tokens: the page of the server's settings, and API."""
