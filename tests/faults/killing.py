"""Processes that are killed at work.

A scenario is a module ``tests/faults/NAME_run.py``. It is started once, for importing everything takes longer
than what is to be killed, and forks a process for each line it reads.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

ROOT = Path(__file__).resolve().parents[2]
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")


class Victim:
    """The processes of a scenario, one after the other.

    Args:
        name: Of the module, without "_run".
        words: Its arguments.
    """

    def __init__(self, name: str, *words: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{name}_run", *map(str, words)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()

    def begin(self, line: object = "") -> None:
        """Let it begin; returns once it is about to do what is to be interrupted."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        self.pid = self._read()

    def kill(self, after_s: float, otherwise: int = signal.SIGKILL) -> bool:
        """Kill it; False when it had ended by then. ``otherwise`` is the signal that may do it before."""
        time.sleep(after_s)
        os.kill(self.pid, signal.SIGKILL)
        ended = self._read()
        assert -ended in (0, signal.SIGKILL, otherwise), "it failed by itself"
        return ended != 0

    def ended(self) -> int:
        """Wait until it has ended by itself; its exit code, or minus the signal."""
        return self._read()

    def _read(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


class Moments:
    """When to kill: at random, within a reach that learns how fast this computer is.

    Args:
        seed: Of the randomness.
        reach_s: To begin with.
    """

    def __init__(self, seed: int, reach_s: float) -> None:
        self._chance, self._reach_s = random.Random(seed), reach_s

    def next(self) -> float:
        """How long to wait before the next kill, in seconds."""
        return self._chance.uniform(0, self._reach_s)

    def learn(self, done: bool) -> None:
        """Whether anything was done by then: about half of all kills are to come after that."""
        self._reach_s = min(max(self._reach_s * (0.85 if done else 1.2), 0.01), 30)


def forking(work: Callable[[str], None]) -> None:
    """In the scenario: do ``work`` in a process of its own for each line; print how each has ended."""
    before = 0
    for line in sys.stdin:
        if before:
            os.waitpid(before, 0)
        before = os.fork()
        if before == 0:
            work(line.strip())
            os._exit(0)
        # Left unburied until the next: else who kills it late would hit another process of its number.
        ended = os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
        assert ended
        print(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status, flush=True)


def ready() -> None:
    """In the forked process: from now on it may be killed."""
    print(os.getpid(), flush=True)
