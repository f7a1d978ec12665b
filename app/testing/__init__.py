"""A pytest plugin that gives each test a bin of its own.

`plugin.py` has the fixtures, `inbox.py` the API for tests and `forwarding.py` its part about forwards, `server.py` the
server that runs during the tests. The plugin is part of the wheel and needs no configuration.
"""
