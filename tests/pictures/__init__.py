"""`make pictures`: the pictures of README and guide, taken from the real pages of a real server.

`failover.webp` moves: an SMS arrives, the primary URL fails, the fallback receives the message, and Compare says why.
The others stand still. It takes a minute, because the time-out of fifteen seconds in them is a real one.
"""
