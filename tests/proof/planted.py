"""A server whose log process has a planted defect, given by PROOF_PLANTED: `python -m tests.proof.planted`, as
`app`. The kills must detect it."""

import os
import sys

from .planting import VARIABLE, plant

DEFAULT = "captures wait for the next batch"


def main() -> None:
    """The server, or with a pipe as the first argument its log process."""
    if sys.argv[1:2] and sys.argv[1].isdigit():
        from app.storage.log import process

        plant()
        process.main(sys.argv[1:])
        return
    from app.commands import main as serve
    from app.storage.sqlite import store

    os.environ.setdefault(VARIABLE, DEFAULT)
    store.MODULE = __spec__.name if __spec__ else "tests.proof.planted"
    serve()


if __name__ == "__main__":
    main()
