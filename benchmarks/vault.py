"""How fast recordings go into the vault, beside ``cp``, and how fast a moment of one is deciphered.

    .venv/bin/python benchmarks/vault.py [--megabytes 1024] [--folder /some/disk]

What is heard after a seek, and how soon, ``benchmarks/playback.py --vault`` measures with both players.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Source
from mio_fidelity.media.vault import new_key, seal, seal_checked

SEEKS = 300
# What a player reads before it begins.
FIRST_BYTES = 1 << 16


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes, with everything on the disk afterwards."""
    os.sync()
    begun = time.perf_counter()
    work()
    os.sync()
    return time.perf_counter() - begun


def seeks_ms(source: Source, size: int) -> list[float]:
    """Milliseconds from opening a place to its first bytes."""
    chance, found = random.Random(1), []
    with source.open() as file:
        for _ in range(SEEKS):
            begun = time.perf_counter()
            file.seek(chance.randrange(size - FIRST_BYTES))
            file.read(FIRST_BYTES)
            found.append(1000 * (time.perf_counter() - begun))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    size = asked.megabytes * 1_000_000
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder, key = Path(name), new_key()
        plain = folder / "plain"
        with plain.open("wb") as file:
            for _ in range(asked.megabytes):
                file.write(os.urandom(1_000_000))
        sha256, never = fingerprint(plain), Progress(None, None)
        rows = {
            "cp": lambda: subprocess.run(["cp", plain, folder / "copy"], check=True),
            "seal": lambda: seal(plain, folder / "sealed", key, never),
            "seal, read back, compare": lambda: seal_checked(plain, folder / "again", key, sha256, never),
            "fingerprint of the plain file": lambda: fingerprint(plain),
            "fingerprint from the vault": lambda: fingerprint(Source(folder / "sealed", key)),
        }
        for what, work in rows.items():
            seconds = timed(work)
            print(f"{what:32} {seconds:7.2f} s {size / 1e6 / seconds:8.0f} MB/s", flush=True)
        for what, source in (("plain", Source(plain)), ("vault", Source(folder / "sealed", key))):
            found = seeks_ms(source, size)
            print(f"seek to 64 kB, {what:17} {statistics.median(found):7.2f} ms, longest {max(found):.2f} ms")


if __name__ == "__main__":
    main()
