"""Incoming requests: one protocol for every connection, which stores captures and passes all other requests to
aiohttp.

`connection.py` is the protocol; `pipeline.py` is the part of it that handles the requests of a connection in order,
and `buffer.py` holds received bytes and finds the end of a head. `reading.py` parses the head: `paths.py` decides by
the request line whether it has a capture URL, and `head.py` parses the header lines with a public parser.
`beginning.py` decides how a request is handled. `arriving.py`, `body.py` and `chunked.py` collect what did not
arrive with the head, and `turns.py` spreads bodies of very many chunks over turns of the event loop. `capture.py`
handles one capture from there to the outcome of its answer, which `answering.py` writes and `faults.py` delays or
breaks. Other requests are passed to aiohttp's server through its public API (`pages.py`).

`slots.py` tracks all connections: it enforces deadlines and closes connections when there are too many. `serving.py`
is what connections share, and `server.py` starts and stops everything.

A request with a capture URL is stored in any case; if it is not valid HTTP, its bytes are stored as received.
"""
