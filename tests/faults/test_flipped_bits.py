"""One bit of a file is another, anywhere: it is said in a sentence, or does no harm."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mio_fidelity.coding import merging
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.vault import Unsealed, new_key, seal
from mio_fidelity.store.backups import back_up, verify
from mio_fidelity.store.parcel import unpack
from tests.coding.packed import QUIETLY, Laptop, add_session, give, hand_out
from tests.conftest import OpenStudy
from tests.faults.counting import count, times
from tests.faults.damage import HARMLESS, SAID, everything, flip, outcome

FLIPS = times(500, 30)


def flipped(path: Path, chance: random.Random, look: Callable[[], str]) -> list[str]:
    """What came of each flip; the file is as it was afterwards."""
    whole, outcomes = path.read_bytes(), []
    for _ in range(FLIPS):
        flip(path, chance)
        outcomes.append(look())
        path.write_bytes(whole)
    assert look() == HARMLESS
    return outcomes


def refused(read: Callable[[], object]) -> str:
    """What a reader does with a file."""
    try:
        read()
    except UserError:
        return SAID
    return HARMLESS


@pytest.mark.parametrize("name", ["study.db", "keys.json", "study.head"])
def test_a_study_with_a_flipped_bit_says_so_or_holds_what_it_held(study: OpenStudy, name: str) -> None:
    before = study.ask(everything)
    study.project.close()

    def look() -> str:
        (study.folder / "backups" / "keys.json").write_bytes(keys)
        return outcome(study.folder, before)

    keys = (study.folder / "keys.json").read_bytes()
    outcomes = flipped(study.folder / name, random.Random(20261201), look)
    count("bit flip", name, outcomes)
    if name == "study.db":
        assert HARMLESS not in outcomes


def test_a_package_with_a_flipped_bit_is_refused_and_nothing_is_unpacked(
    study: OpenStudy, tmp_path: Path
) -> None:
    give(study, add_session(study, 1), "R1")
    file, place = hand_out(study, tmp_path), tmp_path / "laptops"
    place.mkdir()
    nth = iter(range(10_000))

    def look() -> str:
        found = refused(lambda: unpack(file, place / str(next(nth)), QUIETLY))
        assert found == HARMLESS or not any(place.iterdir())
        return found

    outcomes = flipped(file, random.Random(20261202), look)
    count("bit flip", "package", outcomes)
    assert set(outcomes) == {SAID}


def test_returned_work_with_a_flipped_bit_is_refused(study: OpenStudy, tmp_path: Path) -> None:
    (rating_id,) = give(study, add_session(study, 1), "R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(rating_id, submit=True)
    file = laptop.give_back()
    before = study.ask(everything)
    outcomes = flipped(
        file, random.Random(20261203), lambda: refused(lambda: merging.look(study.project, file))
    )
    count("bit flip", "returned work", outcomes)
    assert set(outcomes) == {SAID}
    assert study.ask(everything) == before


def test_a_recording_in_the_vault_with_a_flipped_bit_is_refused(study: OpenStudy, tmp_path: Path) -> None:
    file, key = tmp_path / "sealed", new_key()
    seal(study.recording, file, key, Progress(None, None))

    def read() -> bytes:
        with Unsealed(file, key) as plain:
            return plain.read()

    outcomes = flipped(file, random.Random(20261204), lambda: refused(read))
    count("bit flip", "recording in the vault", outcomes)
    assert set(outcomes) == {SAID}


def test_a_backup_with_a_flipped_bit_does_not_count(study: OpenStudy) -> None:
    backup = back_up(study.project.file)
    assert backup
    key = study.project.file.key
    outcomes = flipped(
        backup.path, random.Random(20261205), lambda: refused(lambda: verify(backup.path, key, True))
    )
    count("bit flip", "backup", outcomes)
    assert set(outcomes) == {SAID}
