"""smsbin in your own tests: a pytest plugin with a bin of its own for each test.

`plugin.py` are the fixtures, `inbox.py` is what a test holds in its hands, `server.py` the server that runs beside the
tests. The plugin comes with the wheel; there is nothing to switch on.
"""
