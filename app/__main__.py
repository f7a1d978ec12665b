"""`python -m app` in a checkout; `smsbin` and `python -m smsbin` in an installation."""

from .commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
