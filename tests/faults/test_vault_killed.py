"""Taking recordings into the vault, killed again and again: each is heard where it was or in the vault."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mio_fidelity.coding import recordings, vault
from mio_fidelity.gui.vault_work import sweep
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.probe import examine
from tests import media_factory
from tests.conftest import CLIENT, PASSPHRASE, OpenStudy

KILLS, RECORDINGS, SECONDS = 30, 12, 60
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")


def fill(study: OpenStudy, round_: int) -> None:
    """More recordings inside the study, of 5 MB each and all different."""
    study.sign_in("S1")
    source = study.folder.parent / "long.wav"
    if not source.exists():
        media_factory.make(source, SECONDS, "wav")
    for nth in range(RECORDINGS):
        place = study.folder / "recordings" / f"{round_}-{nth}.wav"
        shutil.copyfile(source, place)
        with place.open("r+b") as file:
            file.seek(1000)
            file.write(f"{round_:04}{nth:04}".encode())
        facts = recordings.SessionFacts(CLIENT, 100 * round_ + nth + 1)
        study.do(recordings.add_session, facts, [(str(place), examine(place))], study.folder)


def look_at(study: OpenStudy) -> int:
    """Every recording is where the study has it, whole; how many are in the vault."""
    study.sign_in("S1")
    found = study.ask(vault.kept, study.folder)
    for each in found:
        assert fingerprint(each.source) == each.sha256
    sweep(study.project)
    now = study.ask(vault.kept, study.folder)
    assert all(fingerprint(each.source) == each.sha256 for each in now)
    in_vault = {path.name for path in (study.folder / "vault").glob("*")}
    assert in_vault == {each.source.path.name for each in now if each.sealed}, "nothing is left over"
    return len(in_vault)


def test_every_recording_is_whole_whenever_it_is_killed(study: OpenStudy) -> None:
    chance = random.Random(20261122)
    round_ = kills = at_work = 0
    command = [sys.executable, "-m", "tests.faults.vault_run", str(study.folder), PASSPHRASE]
    command.append(study.people["S1"])
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdin
        assert worker.stdout
        before = 0
        while kills < KILLS:
            if before >= RECORDINGS * round_:
                round_ += 1
                fill(study, round_)
            study.project.close()
            worker.stdin.write("\n")
            worker.stdin.flush()
            pid = int(worker.stdout.readline())
            time.sleep(chance.uniform(0, 0.2))
            os.kill(pid, signal.SIGKILL)
            kills += int(worker.stdout.readline()) == -signal.SIGKILL
            at_work += any((study.folder / "vault").glob("*.tmp")) or any(
                (study.folder / "vault").glob(f"*{recordings.NEW}")
            )
            study.reopen()
            assert study.project.sound()
            now = look_at(study)
            assert now >= before, "what is in the vault stays there"
            before = now
        worker.stdin.close()
    assert at_work > KILLS / 3, "it was in the middle of something"
    assert before > 3
