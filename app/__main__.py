"""`python -m app` in the checkout, `smsbin` and `python -m smsbin` where it is installed."""

from .commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
