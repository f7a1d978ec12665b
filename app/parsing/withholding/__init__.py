"""Replaces what a bin never stores, before a request is stored.

A value must not be stored in any encoding, so the rule is: every name and value is looked at in all its decoded forms,
and where it cannot be decided with certainty that a body has none of the values, the whole body is left out.
"""

from .requests import withhold

__all__ = ["withhold"]
