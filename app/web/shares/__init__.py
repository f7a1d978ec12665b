"""Share links: the section of a bin's settings, the API, and the pages that the links open."""
