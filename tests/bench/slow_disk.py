"""smsbin on a disk with 5 ms more for each commit of the log: it starts another log process."""

from app.commands import main
from app.storage.sqlite import store

if __name__ == "__main__":
    store.MODULE = "tests.bench.slow_log"
    main()
