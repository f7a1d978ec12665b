"""smsbin on a disk that takes 5 ms longer for each commit of the log: only its log process is another one."""

from app.commands import main
from app.storage.log import client

if __name__ == "__main__":
    client.MODULE = "tests.bench.slow_log"
    main()
