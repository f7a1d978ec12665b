"""Wiretaps: the user's own handler answers the requests of a role through smsbin, while the provider waits."""
