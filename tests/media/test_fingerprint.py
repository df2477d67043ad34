import hashlib
import shutil

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Cancelled
from tests.media_factory import make


def test_a_copy_under_another_name_has_the_same_fingerprint(tmp_path):
    recording = make(tmp_path / "first.mp3", 2, "mp3_cbr")
    copy = shutil.copy(recording, tmp_path / "renamed.bin")
    assert fingerprint(recording) == fingerprint(copy)


def test_one_changed_byte_changes_the_fingerprint(tmp_path):
    recording = make(tmp_path / "a.wav", 2, "wav")
    before = fingerprint(recording)
    data = bytearray(recording.read_bytes())
    data[-1] ^= 1
    recording.write_bytes(data)
    assert fingerprint(recording) != before


def test_the_fingerprint_is_the_sha256_of_the_content(tmp_path):
    file = tmp_path / "large"
    file.write_bytes(bytes(range(256)) * 20_000)
    assert fingerprint(file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_progress_ends_with_the_whole(tmp_path):
    file = tmp_path / "large"
    file.write_bytes(bytes(5_000_000))
    told = []
    fingerprint(file, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_it_stops_when_asked(tmp_path):
    file = tmp_path / "large"
    file.write_bytes(bytes(5_000_000))
    with pytest.raises(Cancelled):
        fingerprint(file, cancelled=lambda: True)


def test_a_missing_file_is_told_without_its_name(tmp_path):
    with pytest.raises(UserError, match="not there any more") as told:
        fingerprint(tmp_path / "secret_client.mp3")
    assert "secret" not in str(told.value)
