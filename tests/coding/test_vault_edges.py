"""The vault and removal where the disk is not as the study remembers it."""

import shutil
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from mio_fidelity.coding import recordings, vault
from mio_fidelity.gui.removal_work import Wanted
from mio_fidelity.gui.vault_work import VaultTally, delete_originals, look, sweep, take_in
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store.whereabouts import NEW
from tests import media_factory
from tests.coding.packed import add_session
from tests.coding.test_removal import outside, removed
from tests.coding.test_vault import files
from tests.coding.vaulted import never, quiet, take_all
from tests.conftest import CLIENT, OpenStudy


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def exchange(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("harm", [lose, cut, exchange])
def test_the_plain_file_is_not_deleted_when_the_one_of_the_vault_is_harmed(study: OpenStudy, harm) -> None:  # type: ignore[no-untyped-def]
    take_all(study, delete=False)
    (sealed,) = files(study, "vault")
    harm(sealed)
    assert study.ask(vault.ailing, study.folder) == 1
    assert look(study.project, None, quiet, never).left_behind == ()
    assert delete_originals(study.project) == 0
    assert len(files(study, "recordings")) == 1


def test_a_sound_vault_ails_nothing_and_any_person_may_ask(study: OpenStudy) -> None:
    take_all(study)
    study.sign_in("R1")
    assert study.ask(vault.ailing, study.folder) == 0


def test_a_file_of_no_bytes_is_refused(study: OpenStudy) -> None:
    (plain,) = files(study, "recordings")
    plain.write_bytes(b"")
    tally = take_all(study)
    assert "not the recording" in str(tally.refused[0][1])
    assert (files(study, "vault"), plain.is_file()) == ([], True)


@pytest.mark.parametrize("moved", [True, False])
def test_a_file_that_moved_or_changed_since_it_was_seen_is_refused(study: OpenStudy, moved: bool) -> None:
    study.sign_in("S1")
    seen = look(study.project, None, quiet, never).recordings
    (plain,) = files(study, "recordings")
    if moved:
        plain.rename(plain.with_name("elsewhere"))
    else:
        exchange(plain)
    tally = VaultTally(1)
    take_in(study.project, seen, True, tally, quiet, never)
    assert (tally.done, len(tally.refused), files(study, "vault")) == (0, 1, [])
    assert len(files(study, "recordings")) == 1
    assert study.sql("SELECT count(*) FROM vault_key") == [(0,)]


def test_both_parts_of_a_session_go_in_and_go_together(study: OpenStudy, tmp_path: Path) -> None:
    study.sign_in("S1")
    parts = []
    for part in (1, 2):
        place = media_factory.make(study.folder / "recordings" / f"part{part}.wav", 1 + part / 10, "wav")
        parts.append((str(place), examine(place)))
    session = study.do(recordings.add_session, recordings.SessionFacts(CLIENT, 9), parts, study.folder)
    assert take_all(study).done == 3
    kept = study.ask(vault.kept, study.folder)
    assert len({each.source.key for each in kept}) == len({each.source.path for each in kept}) == 3
    told = removed(study, Wanted(), session)
    assert (told.recordings, told.deleted) == (2, 2)
    (left,) = study.ask(vault.kept, study.folder)
    assert fingerprint(left.source) == left.sha256
    assert study.sql("SELECT count(*) FROM vault_key") == [(1,)]


def test_another_file_in_a_place_outside_is_never_deleted(study: OpenStudy, tmp_path: Path) -> None:
    place = tmp_path / "a.wav"
    session = outside(study, place)
    place.write_bytes(b"somebody's own work")
    told = removed(study, Wanted(outside=True), session)
    assert ([file.path for file in told.left], told.deleted, told.recordings) == ([place], 0, 1)
    assert place.read_bytes() == b"somebody's own work"


def test_a_recording_put_over_another_is_not_deleted_with_that(study: OpenStudy) -> None:
    first = add_session(study, 51)
    place = study.folder / "recordings" / "qzxj-51.wav"
    shutil.copyfile(study.recording, place)
    with place.open("ab") as file:
        file.write(bytes(1000))
    facts = recordings.SessionFacts(CLIENT, 52)
    study.do(recordings.add_session, facts, [(str(place), examine(place))], study.folder)
    told = removed(study, Wanted(), first)
    assert (told.recordings, told.deleted) == (1, 0)
    assert place.is_file()


def test_work_that_nobody_waits_for_any_more_loses_nothing(study: OpenStudy) -> None:
    """As when the window is closed in the middle of it, and the study opened again at once."""
    for number in range(60, 64):
        add_session(study, number, seconds=20)
    study.sign_in("S1")
    seen = look(study.project, None, quiet, never).recordings
    project, tally = study.project, VaultTally(len(seen))
    stop = Event()

    def work() -> None:
        with suppress(Cancelled):
            take_in(project, seen, True, tally, quiet, stop.is_set)

    thread = Thread(target=work)
    thread.start()
    while thread.is_alive() and tally.done < 3:
        # As each look does, whatever goes on.
        sweep(study.project)
    stop.set()
    thread.join()
    sweep(study.project)
    kept = study.ask(vault.kept, study.folder)
    assert len(kept) == 5
    assert all(fingerprint(each.source) == each.sha256 for each in kept)
    assert sum(each.sealed for each in kept) == tally.done >= 3
    assert not tally.refused
    assert not list((study.folder / "vault").glob(f"*{NEW}"))
    assert study.ask(vault.ailing, study.folder) == 0
