"""The way in: one protocol for every connection, which keeps what belongs to a bin and passes the rest to aiohttp.

`connection.py` is that protocol; `buffer.py` holds what has come and finds the end of a head. `reading.py` reads the
head: `paths.py` tells by the request line whether it belongs to a bin, and `head.py` asks a public parser about the
header lines. `beginning.py` decides what becomes of the request. `arriving.py`, `body.py` and `chunked.py` collect
what did not come at once. `capture.py` is the way of one capture from there to the outcome of its answer, which
`answering.py` writes and `faults.py` plays. A page's request goes to aiohttp's own server, piece by piece, by public
calls (`pages.py`).

`slots.py` knows all connections: it ends those that are late, and makes room when there are too many. `serving.py` is
what they share, and `server.py` starts and stops all of it.

What belongs to a bin is kept, whatever it is: a request that is not valid HTTP too, with the bytes as they came.
"""
