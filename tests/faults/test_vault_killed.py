"""Recordings into the vault and out of it, killed again and again: each is whole where the study has it."""

import shutil

from mio_fidelity.coding import recordings, vault
from mio_fidelity.gui.vault_work import sweep
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.probe import examine
from mio_fidelity.store.whereabouts import NEW
from tests import media_factory
from tests.coding.vaulted import take_all
from tests.conftest import CLIENT, PASSPHRASE, OpenStudy
from tests.faults.counting import FULL, count, times
from tests.faults.killing import Moments, Victim, needs_fork

RECORDINGS, SECONDS = 12, 60
KILLS, COPIES = times(30), times(20)
pytestmark = needs_fork


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
    moments = Moments(20261122, 0.2)
    round_ = kills = at_work = before = 0
    with Victim("vault", study.folder, PASSPHRASE, study.people["S1"]) as worker:
        while kills < KILLS:
            if before >= RECORDINGS * round_:
                round_ += 1
                fill(study, round_)
            study.project.close()
            worker.begin()
            kills += worker.kill(moments.next())
            at_work += any((study.folder / "vault").glob("*.tmp")) or any(
                (study.folder / "vault").glob(f"*{NEW}")
            )
            study.reopen()
            assert study.project.sound()
            now = look_at(study)
            assert now >= before, "what is in the vault stays there"
            moments.learn(now > before)
            before = now
    count("kill", "vault import", ["each recording whole, none twice"] * kills)
    if FULL:
        assert at_work > KILLS / 3, "it was in the middle of something"
        assert before > 3


def test_copies_out_of_the_vault_are_whole_or_not_there(study: OpenStudy) -> None:
    fill(study, 1)
    take_all(study)
    known = {each.sha256 for each in study.ask(vault.kept, study.folder)}
    moments = Moments(20261123, 0.3)
    whole = at_work = kills = 0
    with Victim("vault", study.folder, PASSPHRASE, study.people["S1"]) as worker:
        while kills < COPIES:
            target = study.folder.parent / f"copies{kills}"
            target.mkdir(exist_ok=True)
            study.project.close()
            worker.begin(target)
            kills += worker.kill(moments.next())
            copies = list(target.rglob("*.wav"))
            assert {fingerprint(copy) for copy in copies} <= known
            whole += len(copies)
            moments.learn(bool(copies))
            at_work += any(target.rglob("*.tmp"))
            study.reopen()
            assert study.project.sound()
            assert look_at(study) == RECORDINGS + 1
            shutil.rmtree(target)
    count("kill", "vault export", ["each copy whole or not there, the study sound"] * kills)
    if FULL:
        assert whole
        assert at_work
