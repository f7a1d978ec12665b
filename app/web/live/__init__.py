"""Live views: the edits of an open page, the JSON frames of the API, and the loop that serves both."""
