"""smsbin on a disk that takes 5 ms longer for each commit: only the writer process is another one."""

from app.commands import main
from app.storage import writer

if __name__ == "__main__":
    writer.CHILD = "tests.bench.slow_writer"
    main()
