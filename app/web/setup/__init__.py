"""Setting up a bin: where its URLs go, whether requests reach them, and what is left to do."""
