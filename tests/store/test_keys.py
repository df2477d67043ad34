"""Keys: the right pass phrase opens, and whatever is wrong with keys.json is said in a sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, keys
from mio_fidelity.store.keys import RECOVERY, SHARED, Cost, Opened, Ring, create_keys, subkey, unlock
from mio_fidelity.store.recovery import new_recovery_key
from tests.conftest import CHEAP, PASSPHRASE, Made

OLD_STUDIES = Path(__file__).with_name("studies")


def slot_changed(**values: Any) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        keys = json.loads(content)
        keys["slots"][0].update(values)
        return json.dumps(keys).encode()

    return change


def slot_without(name: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        keys = json.loads(content)
        del keys["slots"][0][name]
        return json.dumps(keys).encode()

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "no JSON": lambda content: b"key: value",
    "no text": lambda content: bytes(range(256)),
    "a list": lambda content: b"[]",
    "a number": lambda content: b"7",
    "no slots": lambda content: b"{}",
    "empty slots": lambda content: b'{"slots": []}',
    "slots of text": lambda content: b'{"slots": ["a"]}',
    "slots no list": lambda content: b'{"slots": {"a": 1}}',
    "no salt": slot_without("salt"),
    "no cost": slot_without("passes"),
    "wrong base64": slot_changed(salt="not base64!"),
    "salt of numbers": slot_changed(salt=[1, 2]),
    "salt in letters of no alphabet": slot_changed(salt="ÄÖÜ"),
    "short salt": slot_changed(salt="AAAA"),
    "short nonce": slot_changed(nonce="AAAA"),
    "short key": slot_changed(wrapped="AAAA"),
    "empty key": slot_changed(wrapped=""),
    "no memory": slot_changed(memory_kib=0),
    "all memory": slot_changed(memory_kib=1 << 40),
    "more memory than many computers have": slot_changed(memory_kib=4_194_304),
    "endless memory": slot_changed(memory_kib=float("inf")),
    "memory of no number": slot_changed(memory_kib=float("nan")),
    "memory of text": slot_changed(memory_kib="much"),
    "memory of nothing": slot_changed(memory_kib=None),
    "less memory than lanes need": slot_changed(memory_kib=8, lanes=64),
    "no passes": slot_changed(passes=0),
    "endless passes": slot_changed(passes=1 << 31),
    "no lanes": slot_changed(lanes=0),
    "many lanes": slot_changed(lanes=1 << 24),
}


@pytest.fixture
def folder(tmp_path: Path, made: Made) -> Path:
    shutil.copytree(made[0], tmp_path / "study")
    return tmp_path / "study"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_keys_are_called_damaged(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    keys = folder / "keys.json"
    whole = keys.read_bytes()
    keys.write_bytes(damage(whole))
    with pytest.raises(UserError, match=r"keys.json is damaged.*backups"):
        Project.open(folder, PASSPHRASE)
    shutil.copyfile(folder / "backups" / "keys.json", keys)
    Project.open(folder, PASSPHRASE).close()


@pytest.mark.parametrize("wrong", ["", "Correct horse battery", PASSPHRASE + " ", "\udcff", "x" * 100_000])
def test_a_wrong_pass_phrase_is_refused_with_a_sentence_and_the_right_one_still_opens(
    folder: Path, wrong: str
) -> None:
    with pytest.raises(UserError, match="pass phrase does not open"):
        Project.open(folder, wrong)
    Project.open(folder, PASSPHRASE).close()


def test_changed_but_well_formed_slots_do_not_open(folder: Path) -> None:
    keys = folder / "keys.json"
    whole = keys.read_bytes()
    for change in (slot_changed(name="other"), slot_changed(passes=2), slot_changed(memory_kib=128)):
        keys.write_bytes(change(whole))
        with pytest.raises(UserError, match="pass phrase does not open"):
            Project.open(folder, PASSPHRASE)


def test_missing_keys_are_called_missing(folder: Path) -> None:
    (folder / "keys.json").unlink()
    with pytest.raises(UserError, match=r"no keys\.json"):
        Project.open(folder, PASSPHRASE)


def test_keys_that_are_a_folder_cannot_be_read(folder: Path) -> None:
    (folder / "keys.json").unlink()
    (folder / "keys.json").mkdir()
    with pytest.raises(UserError, match="cannot be read"):
        Project.open(folder, PASSPHRASE)


def test_each_slot_is_tried(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    data_key = create_keys(tmp_path / "a", PASSPHRASE, CHEAP)
    create_keys(tmp_path / "b", "another long phrase", CHEAP)
    slots = [json.loads((tmp_path / name / "keys.json").read_bytes())["slots"][0] for name in ("b", "a")]
    (tmp_path / "keys.json").write_text(json.dumps({"format": 1, "slots": slots}))
    assert unlock(tmp_path, PASSPHRASE).data_key == data_key


def test_the_same_words_typed_on_another_keyboard_open_too(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    assert create_keys(tmp_path, composed, CHEAP) == unlock(tmp_path, decomposed).data_key


def test_a_short_pass_phrase_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="fewer than 10"):
        Project.create(tmp_path / "study", "123456789", "x", CHEAP)
    assert list(tmp_path.iterdir()) == []


def test_neither_key_nor_pass_phrase_stands_in_the_file(tmp_path: Path) -> None:
    data_key = create_keys(tmp_path, PASSPHRASE, CHEAP)
    content = (tmp_path / "keys.json").read_bytes()
    assert PASSPHRASE.encode() not in content
    assert data_key not in content
    assert data_key.hex().encode() not in content
    assert create_keys(tmp_path, PASSPHRASE, CHEAP) != data_key


def test_no_key_serves_two_purposes() -> None:
    keys = {subkey(bytes(32), use) for use in ("database", "peaks", "")} | {bytes(32)}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def test_the_usual_cost_is_the_one_the_standard_recommends() -> None:
    usual = Cost()
    assert (usual.memory_kib, usual.passes, usual.lanes) == (64 * 1024, 3, 4)
    assert usual.acceptable()


@pytest.mark.parametrize("version", sorted(path.name for path in OLD_STUDIES.iterdir()))
def test_a_file_of_format_1_is_read_and_becomes_one_of_format_2(tmp_path: Path, version: str) -> None:
    folder = shutil.copytree(OLD_STUDIES / version, tmp_path / "study")
    assert json.loads((folder / "keys.json").read_bytes())["format"] == 1
    with Project.open(folder, PASSPHRASE) as project:
        data_key = project.opened.data_key
        assert project.opened.name == SHARED
    for place in (folder, folder / "backups"):
        assert json.loads((place / "keys.json").read_bytes())["format"] == 2
        assert unlock(place, PASSPHRASE) == Opened(data_key, SHARED, False)


def test_a_file_of_format_1_that_cannot_be_written_opens_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(sorted(OLD_STUDIES.iterdir())[-1], tmp_path / "study")
    before = (folder / "keys.json").read_bytes()

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, "ready", no_room)
    Project.open(folder, PASSPHRASE).close()
    assert (folder / "keys.json").read_bytes() == before


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    """Of a study with a shared pass phrase and one of a person."""
    (tmp_path / "backups").mkdir()
    made = Ring(tmp_path, create_keys(tmp_path, PASSPHRASE, CHEAP))
    made.add_slot("a" * 32, "somebody's own words", first=True)
    return made


def test_each_slot_says_whose_it_is(ring: Ring) -> None:
    assert unlock(ring.folder, PASSPHRASE) == Opened(ring.data_key, SHARED, False)
    assert unlock(ring.folder, "somebody's own words") == Opened(ring.data_key, "a" * 32, True)
    key = ring.new_recovery_key()
    assert unlock(ring.folder, key.lower().replace("-", "")) == Opened(ring.data_key, RECOVERY, False)
    assert set(ring.names()) == {SHARED, RECOVERY, "a" * 32}
    assert ring.firsts() == ("a" * 32,)


def test_the_first_use_and_the_name_cannot_be_changed_by_hand(ring: Ring) -> None:
    file = ring.folder / "keys.json"
    whole = json.loads(file.read_bytes())
    for change in ({"first": False}, {"name": "b" * 32}, {"public": whole["slots"][0]["public"]}):
        slots = [whole["slots"][0], whole["slots"][1] | change]
        file.write_text(json.dumps(whole | {"slots": slots}))
        with pytest.raises(UserError, match=r"does not open"):
            unlock(ring.folder, "somebody's own words")


def test_a_damaged_slot_of_one_person_locks_nobody_else_out(ring: Ring) -> None:
    file = ring.folder / "keys.json"
    whole = json.loads(file.read_bytes())
    whole["slots"][1]["sealed"] = whole["slots"][0]["sealed"]
    file.write_text(json.dumps(whole))
    assert unlock(ring.folder, PASSPHRASE).data_key == ring.data_key
    with pytest.raises(UserError, match="damaged"):
        unlock(ring.folder, "somebody's own words")


def test_the_last_pass_phrase_is_not_taken_away(ring: Ring) -> None:
    ring.new_recovery_key()
    ring.remove_slot(SHARED)
    with pytest.raises(UserError, match="Nobody could open"):
        ring.remove_slot("a" * 32)
    with pytest.raises(UserError, match="already"):
        ring.add_slot("a" * 32, "yet another phrase")
    assert unlock(ring.folder, "somebody's own words")


def test_the_backup_follows_and_one_left_behind_is_brought_up_when_the_study_is_opened(folder: Path) -> None:
    with Project.open(folder, PASSPHRASE) as project:
        old = (folder / "backups" / "keys.json").read_bytes()
        project.ring.new_recovery_key()
        assert (folder / "backups" / "keys.json").read_bytes() == (folder / "keys.json").read_bytes() != old
    (folder / "backups" / "keys.json").write_bytes(old)
    Project.open(folder, PASSPHRASE).close()
    assert (folder / "backups" / "keys.json").read_bytes() == (folder / "keys.json").read_bytes()


def test_a_file_that_something_else_changed_does_not_replace_the_good_backup(folder: Path) -> None:
    Project.open(folder, PASSPHRASE).close()
    good = (folder / "backups" / "keys.json").read_bytes()
    changed = json.loads(good)
    changed["slots"].append(changed["slots"][0] | {"name": "x"})
    (folder / "keys.json").write_text(json.dumps(changed))
    with Project.open(folder, PASSPHRASE) as project, pytest.raises(UserError, match="something else"):
        project.ring.new_recovery_key()
    assert (folder / "backups" / "keys.json").read_bytes() == good


def test_opening_takes_one_stretch_however_many_people_there_are(ring: Ring) -> None:
    for nth in range(20):
        ring.add_slot(f"{nth:032}", f"words of number {nth}")
    salts = {slot["salt"] for slot in json.loads((ring.folder / "keys.json").read_bytes())["slots"]}
    assert len(salts) == 1


def test_a_pass_phrase_that_opens_another_slot_is_refused(ring: Ring) -> None:
    # All coders get the same first one from a supervisor in a hurry; each would be taken for the first.
    before = (ring.folder / "keys.json").read_bytes()
    name = next(each for each in ring.names() if each != SHARED)
    with pytest.raises(UserError, match="in use in this study"):
        ring.replace_slot(name, PASSPHRASE)
    with pytest.raises(UserError, match="in use in this study"):
        ring.check(PASSPHRASE)
    ring.check(PASSPHRASE, SHARED)
    assert (ring.folder / "keys.json").read_bytes() == before


def test_a_recovery_key_is_no_pass_phrase(ring: Ring) -> None:
    key = ring.new_recovery_key()
    for typed in (key, new_recovery_key().lower()):
        with pytest.raises(UserError, match="recovery key"):
            ring.replace_slot("a" * 32, typed)
    assert unlock(ring.folder, key).name == RECOVERY


def test_ten_times_the_same_letter_is_no_pass_phrase(ring: Ring) -> None:
    for phrase in (" " * 12, "aaaaaaaaaaaa", "aAbBaAbBaAbB", "1212121212"):
        with pytest.raises(UserError, match="different letters"):
            ring.replace_slot("a" * 32, phrase)
