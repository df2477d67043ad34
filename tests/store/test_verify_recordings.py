"""What the check of a study finds in its vault: each fault is told as what it is, and none where none is."""

import os
from pathlib import Path

import pytest

from mio_fidelity.media.progress import Cancelled, Progress
from mio_fidelity.media.vault import CHUNK_BYTES, HEADER_BYTES, new_key, seal
from mio_fidelity.store.verify import Check, verify_study
from mio_fidelity.store.whereabouts import NEW
from tests.coding.packed import add_session
from tests.coding.test_removal import removed
from tests.coding.vaulted import take_all
from tests.conftest import CLIENT, WORDS, OpenStudy


@pytest.fixture
def vaulted(study: OpenStudy) -> OpenStudy:
    """Two recordings in the vault, one of several pieces."""
    add_session(study, 21, seconds=8)
    take_all(study)
    return study


def check(study: OpenStudy, fingerprints: bool = False, progress: Progress | None = None) -> Check:
    study.project.close()
    found = verify_study(study.folder, WORDS, fingerprints, progress)
    (told,) = [each for each in found if each.key == "recordings"]
    study.reopen()
    return told


def faults(told: Check) -> dict[str, int]:
    """What is not as it should be."""
    return {name: n for name, n in told.numbers.items() if n and name not in ("present", "in_vault")}


def longest(study: OpenStudy) -> Path:
    return max((study.folder / "vault").iterdir(), key=os.path.getsize)


@pytest.mark.parametrize("fingerprints", [False, True])
def test_a_sound_vault_fits(vaulted: OpenStudy, fingerprints: bool) -> None:
    told = check(vaulted, fingerprints)
    assert (told.fits, told.numbers["in_vault"], faults(told)) == (True, 2, {})


def test_a_file_that_waits_for_its_name_fits(vaulted: OpenStudy) -> None:
    path = longest(vaulted)
    path.rename(path.with_name(path.name + NEW))
    assert (check(vaulted).fits, faults(check(vaulted))) == (True, {})


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


SPOILT = {
    "gone": ("vault_missing", lambda path: path.unlink()),
    "a folder": ("vault_missing", lambda path: (path.unlink(), path.mkdir())),
    "empty": ("vault_damaged", lambda path: path.write_bytes(b"")),
    "cut short": ("vault_damaged", lambda path: os.truncate(path, path.stat().st_size - 5)),
    "a piece too few": ("vault_damaged", lambda path: os.truncate(path, HEADER_BYTES + CHUNK_BYTES + 16)),
    "longer": ("vault_damaged", lambda path: path.write_bytes(path.read_bytes() + b"x")),
    "plain": ("vault_damaged", lambda path: path.write_bytes(bytes(path.stat().st_size))),
    "its head": ("vault_damaged", lambda path: flipped(path, 3)),
    "its salt": ("vault_damaged", lambda path: flipped(path, HEADER_BYTES - 2)),
    "its end": ("vault_damaged", lambda path: flipped(path, path.stat().st_size - 1)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_wrong_with_a_file_is_found_without_reading_all(vaulted: OpenStudy, how: str) -> None:
    kind, spoil = SPOILT[how]
    spoil(longest(vaulted))
    told = check(vaulted)
    assert (told.fits, faults(told), told.numbers["in_vault"]) == (False, {kind: 1}, 1)
    assert CLIENT not in str(told.says)


def test_a_file_sealed_with_another_key_is_found(vaulted: OpenStudy, tmp_path: Path) -> None:
    path = longest(vaulted)
    plain = tmp_path / "plain"
    plain.write_bytes(bytes(path.stat().st_size - HEADER_BYTES - 16 * -(-path.stat().st_size // CHUNK_BYTES)))
    path.unlink()
    seal(plain, path, new_key(), Progress(None, None))
    assert faults(check(vaulted)) == {"vault_damaged": 1}


def test_a_bit_in_the_middle_is_found_when_all_is_read(vaulted: OpenStudy) -> None:
    flipped(longest(vaulted), HEADER_BYTES + CHUNK_BYTES + 100)
    assert check(vaulted).fits
    assert faults(check(vaulted, fingerprints=True)) == {"vault_damaged": 1}


def test_two_files_that_changed_places_are_found(vaulted: OpenStudy) -> None:
    one, two = (vaulted.folder / "vault").iterdir()
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)
    assert faults(check(vaulted)) == {"vault_damaged": 2}


def test_a_recording_whose_key_is_gone_is_found(vaulted: OpenStudy) -> None:
    vaulted.sql("DELETE FROM vault_key WHERE recording_id = (SELECT min(recording_id) FROM vault_key)")
    told = check(vaulted)
    assert (told.fits, faults(told)) == (False, {"keyless": 1})


def test_files_that_belong_to_no_recording_are_told_and_are_no_fault(vaulted: OpenStudy) -> None:
    (vaulted.folder / "vault" / ("0" * 32)).write_bytes(b"x")
    told = check(vaulted)
    assert (told.fits, faults(told)) == (True, {"strays": 1})
    assert "belong to no recording: 1" in str(told.says)


def test_after_a_removal_nothing_is_missing_and_a_key_that_was_kept_back_is_found(vaulted: OpenStudy) -> None:
    ((recording, key),) = vaulted.sql(
        "SELECT recording_id, key FROM vault_key JOIN recording ON recording.id = recording_id"
        " WHERE session_id = :session",
        session=vaulted.session_id,
    )
    removed(vaulted)
    assert (check(vaulted).fits, check(vaulted).numbers["in_vault"]) == (True, 1)
    vaulted.sql("INSERT INTO vault_key VALUES (:id, :key)", id=recording, key=key)
    assert faults(check(vaulted)) == {"keys_left": 1}


def test_it_tells_how_far_it_is_and_can_be_stopped(vaulted: OpenStudy) -> None:
    told: list[float] = []
    check(vaulted, True, Progress(told.append, None))
    assert told[-1] == 1.0
    assert told == sorted(told)
    vaulted.project.close()
    with pytest.raises(Cancelled):
        verify_study(vaulted.folder, WORDS, True, Progress(None, lambda: True))
    vaulted.reopen()
    assert vaulted.project.sound(), "it is held no longer"
