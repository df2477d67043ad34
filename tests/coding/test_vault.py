"""Recordings go into the vault, are heard from it, and come out again; nothing is lost on the way."""

import shutil
from pathlib import Path

import pytest

from mio_fidelity.coding import intake, recordings, vault
from mio_fidelity.errors import UserError
from mio_fidelity.gui.vault_work import VaultTally, copy_out, look, sweep, take_in
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.store import Project
from mio_fidelity.store.backups import list_backups
from mio_fidelity.store.whereabouts import NEW
from tests import media_factory
from tests.coding.vaulted import never, quiet, take_all
from tests.conftest import CLIENT, PASSPHRASE, OpenStudy


def media(study: OpenStudy) -> tuple[recordings.Medium, ...]:
    """What R1 hears."""
    study.sign_in("R1")
    return study.ask(recordings.media_of, study.rating_id, study.folder)


def files(study: OpenStudy, folder: str) -> list[Path]:
    return sorted(path for path in (study.folder / folder).glob("*") if path.is_file())


def add_outside(study: OpenStudy, place: Path, number: int = 7) -> Path:
    """One more session, whose recording lies outside the study folder."""
    place.parent.mkdir(exist_ok=True)
    path = media_factory.make(place, 1.5, "wav")
    study.sign_in("S1")
    facts = recordings.SessionFacts(CLIENT, number)
    study.do(recordings.add_session, facts, [(str(path), examine(path))], study.folder)
    return path


def test_it_is_heard_from_the_vault_and_the_plain_file_is_gone(study: OpenStudy) -> None:
    (before,) = media(study)
    tally = take_all(study)
    assert (tally.done, tally.refused, tally.originals) == (1, [], 1)
    assert files(study, "recordings") == []
    (after,) = media(study)
    assert after.source.key is not None
    assert after.path.parent == study.folder / "vault"
    assert fingerprint(after.source) == before.sha256
    assert examine(after.source).duration_ms == before.duration_ms
    study.reopen()
    assert fingerprint(media(study)[0].source) == before.sha256


@pytest.mark.on_folder
def test_a_backup_with_the_key_is_there_before_the_plain_file_is_deleted(study: OpenStudy) -> None:
    take_all(study)
    (key,) = study.sql("SELECT key FROM vault_key")
    newest = list_backups(study.folder)[0]
    place = study.folder.with_name("restored")
    shutil.copytree(study.folder, place)
    shutil.copyfile(newest.path, place / "study.db")
    for name in ("study.db-wal", "study.db-shm", "study.head"):
        (place / name).unlink(missing_ok=True)
    with Project.open(place, PASSPHRASE) as project:
        project.sign_in(study.people["R1"])
        (found,) = project.ask(recordings.media_of, study.rating_id, place)
        assert found.source.key == key[0]
        assert fingerprint(found.source) == found.sha256


def test_no_key_is_in_the_audit_trail(study: OpenStudy) -> None:
    take_all(study)
    assert study.sql("SELECT count(*) FROM audit WHERE table_name = 'vault_key'") == [(0,)]
    ((key,),) = study.sql("SELECT key FROM vault_key")
    assert not [line for line in study.audit() if bytes(key).hex() in line.changes.lower()]


def test_a_file_outside_the_study_is_never_deleted(study: OpenStudy, tmp_path: Path) -> None:
    outside = add_outside(study, tmp_path / "elsewhere" / "a.wav")
    assert take_all(study).done == 2
    assert outside.is_file()
    assert files(study, "recordings") == []


def test_plain_files_stay_when_that_is_wanted_and_can_be_deleted_later(study: OpenStudy) -> None:
    assert take_all(study, delete=False).originals == 0
    assert len(files(study, "recordings")) == 1
    seen = look(study.project, None, quiet, never)
    assert [path.parent.name for path in seen.left_behind] == ["recordings"]
    assert take_all(study).originals == 1
    assert look(study.project, None, quiet, never).left_behind == ()


def test_another_file_in_the_place_is_not_taken_for_the_recording(study: OpenStudy) -> None:
    (plain,) = files(study, "recordings")
    content = bytearray(plain.read_bytes())
    content[-1] ^= 1
    plain.write_bytes(content)
    tally = take_all(study)
    assert tally.done == 0
    assert "not the recording" in str(tally.refused[0][1])
    assert files(study, "vault") == []
    assert plain.is_file()
    assert media(study)[0].path == plain


def test_stopped_it_goes_on_with_the_rest(study: OpenStudy, tmp_path: Path) -> None:
    add_outside(study, tmp_path / "elsewhere" / "a.wav")
    study.sign_in("S1")
    plain = [each for each in look(study.project, None, quiet, never).recordings if not each.sealed]
    tally = VaultTally(len(plain))
    with pytest.raises(Cancelled):
        take_in(study.project, plain, True, tally, quiet, lambda: tally.done > 0)
    assert tally.done == 1
    left = [each for each in look(study.project, None, quiet, never).recordings if not each.sealed]
    assert len(left) == len(plain) - 1
    assert len(files(study, "vault")) == 1
    assert take_all(study).done == len(left)


def test_only_supervisors(study: OpenStudy) -> None:
    study.sign_in("R1")
    for call in (
        lambda: study.ask(vault.kept, study.folder),
        lambda: study.do(vault.take_in, "x", "x", "vault/x", bytes(32)),
        lambda: study.do(vault.set_for_new_ones, True),
        lambda: study.do(vault.note_copied_out, ["x"]),
        lambda: study.ask(vault.originals, study.folder),
    ):
        with pytest.raises(UserError, match="Only a supervisor"):
            call()


def test_it_is_not_taken_in_from_a_place_it_has_left(study: OpenStudy) -> None:
    study.sign_in("S1")
    (seen,) = study.ask(vault.kept, study.folder)
    take_all(study)
    tally = VaultTally(1)
    take_in(study.project, [seen], False, tally, quiet, never)
    assert tally.done == 0
    assert len(files(study, "vault")) == 1


def test_what_a_killed_run_left_is_finished_or_removed(study: OpenStudy) -> None:
    take_all(study)
    (kept,) = files(study, "vault")
    unnamed = kept.with_name(kept.name + NEW)
    kept.rename(unnamed)
    orphan = kept.with_name("0" * 32 + NEW)
    orphan.write_bytes(b"x")
    assert media(study)[0].path == unnamed, "it is heard all the same"
    sweep(study.project)
    assert files(study, "vault") == [kept]
    assert fingerprint(media(study)[0].source) == media(study)[0].sha256


def test_plain_copies_leave_the_vault_with_a_line_in_the_trail(study: OpenStudy, tmp_path: Path) -> None:
    take_all(study)
    target = tmp_path / "out"
    target.mkdir()
    kept = study.ask(vault.kept, study.folder)
    tally = VaultTally(1)
    copy_out(study.project, kept, target, tally, quiet, never)
    (copy,) = target.iterdir()
    assert fingerprint(copy) == kept[0].sha256
    assert examine(copy).duration_ms == 3000
    assert kept[0].id in study.audit()[-1].changes
    again = VaultTally(1)
    copy_out(study.project, kept, target, again, quiet, never)
    assert "file of this name" in str(again.refused[0][1])


def test_a_recording_of_the_vault_counts_as_in_its_place(study: OpenStudy) -> None:
    take_all(study)
    (place,) = study.ask(intake.files, study.folder)
    assert place.stored_bytes == place.path.stat().st_size
    assert place.byte_size == study.recording.stat().st_size


def test_locating_the_plain_file_takes_it_out_of_the_vault(study: OpenStudy) -> None:
    take_all(study)
    (found,) = media(study)
    study.do(recordings.relocate, found.recording_id, study.recording, found.sha256, study.folder)
    assert media(study)[0].source.key is None
    assert study.sql("SELECT count(*) FROM vault_key") == [(0,)]
