"""Which mistake gives exactly the signature that a user's code computed.

The other direction of the verdict: not which request would be genuine, but which wrong computation over the received
bytes has this result. Mistakes of the URL, the body, the key, the hash and the encoding are combined.
"""
