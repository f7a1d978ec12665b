"""HTTP faces of smsbin: the front door for captures, the pages, the API, the sockets.

Threats per surface: a capture URL is open to everybody and gives no right to read (P8), its answers are sandboxed;
pages and API want the access token, a known Host and, for anything that changes something, our own Origin; what was
captured is hostile in every template (P7).
"""
