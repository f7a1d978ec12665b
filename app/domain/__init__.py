"""Pure: the nouns of smsbin as frozen data, and functions of them. No I/O, no waiting, no HTTP server."""
