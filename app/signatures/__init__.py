"""Signatures of captures: is a request genuine, and which mistake makes other code reject it.

Pure: nothing here waits, reads files or raises, whatever was sent. Each module in `schemes/` has the facts of one
signature scheme with their public sources.
"""
