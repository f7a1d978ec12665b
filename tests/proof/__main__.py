"""`make proof`: the durability promise at length. Exit 1 when anything is not as promised."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.process import serving

from .kill9 import check, round_of
from .order import prove
from .viewers import send, stuck

ROUNDS = 20
ANSWERS = 2_000
STUCK = 200


def main() -> int:
    """Run every proof, say each result on one line."""
    folder = Path(tempfile.mkdtemp(prefix="smsbin-proof-"))
    try:
        return 0 if all([_kill(folder), _order(folder), _control(folder), _viewers(folder)]) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(good: bool, text: str) -> bool:
    print(f"{'ok  ' if good else 'FAIL'} {text}", flush=True)
    return good


def _kill(folder: Path) -> bool:
    acknowledged: dict[int, str] = {}
    for seed in range(ROUNDS):
        round_of(folder / "kill", seed, acknowledged)
        said = f"     kill -9, round {seed + 1} of {ROUNDS}: {len(acknowledged)} acknowledged"
        print(said, file=sys.stderr, end="\r", flush=True)
    total, wrong = len(acknowledged), check(folder / "kill", acknowledged)
    text = f"kill -9 under load, {ROUNDS} rounds: {total} acknowledged, {len(wrong)} problems {wrong[:3] or ''}"
    return _say(not wrong and total > ROUNDS, text)


def _order(folder: Path) -> bool:
    if not shutil.which("strace"):
        return _say(False, "order proof: strace is not installed")
    (folder / "order").mkdir()
    verdict = prove(folder / "order", ANSWERS)
    text = f"fsync before answer: {verdict.after} of {ANSWERS} answers after their own sync, {verdict.before} before"
    return _say(verdict.after == ANSWERS and not verdict.before, text)


def _control(folder: Path) -> bool:
    if not shutil.which("strace"):
        return False
    (folder / "early").mkdir()
    verdict = prove(folder / "early", 200, module="tests.proof.early")
    return _say(verdict.before > 0, f"control, a server that answers early: caught {verdict.before} of 200 times")


def _viewers(folder: Path) -> bool:
    async def run() -> float:
        with serving(folder / "viewers") as server:
            alone = await send(server, 300)
            people = [await stuck(server) for _ in range(STUCK)]
            with_stuck = await send(server, 300, 2_000)
            for _, writer in people:
                writer.transport.abort()
            assert server.stop() == 0
            return with_stuck / alone

    ratio = asyncio.run(run())
    return _say(ratio < 50, f"{STUCK} viewers that never read: slowest answer {ratio:.1f} times that without them")


if __name__ == "__main__":
    sys.exit(main())
