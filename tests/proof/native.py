"""Compiles the two small C programs of the proofs: `native/preload.c` and `native/memory.c`."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "native"
COMPILER = os.environ.get("CC", "cc")
NEEDED = "Linux, a C compiler and sqlite3.h are needed (Debian: apt-get install gcc libc6-dev libsqlite3-dev)"


class NoCompiler(Exception):
    """The programs cannot be compiled on this machine."""


@cache
def can_compile() -> bool:
    """Whether the compiler is installed."""
    if sys.platform != "linux" or shutil.which(COMPILER) is None:
        return False
    header = subprocess.run([COMPILER, "-E", "-"], input=b"#include <sqlite3.h>", capture_output=True, check=False)
    return header.returncode == 0


def compile_library(name: str, folder: Path) -> Path:
    """`native/<name>.c` as a shared library in a folder. Raises NoCompiler."""
    library = folder / f"{name}.so"
    source = HERE / f"{name}.c"
    command = [
        COMPILER,
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        str(source),
        "-o",
        str(library),
        "-ldl",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NoCompiler(f"{NEEDED}: {error}") from error
    if done.returncode:
        raise NoCompiler(f"{NEEDED}: {done.stderr.strip()[:500]}")
    return library
