"""Nobody without the pass phrase finds a word of the study in its files."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from mio_fidelity.coding import rate
from mio_fidelity.store import Db
from mio_fidelity.store.keys import subkey, unlock
from mio_fidelity.store.models import EvidenceMark
from tests.conftest import ARM, CLIENT, COUNSELOR, PASSPHRASE, SITE, OpenStudy

WORDS = ("spoken-canary", "noted-canary", "reasoned-canary", CLIENT, ARM, COUNSELOR, SITE, "qzxj-file")
WORDS += ("warm_regard", "A study of tests", "CREATE TABLE", "SQLite format")


def found_in(folder: Path) -> set[str]:
    needles = {word: [word.encode(), word.encode("utf-16-le")] for word in WORDS}
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "recordings":
            content = path.read_bytes()
            found |= {word for word, shapes in needles.items() if any(shape in content for shape in shapes)}
            found |= {word for word in WORDS if word in path.name}
    return found


@pytest.fixture
def written(study: OpenStudy) -> OpenStudy:
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 1000, "spoken-canary " * 400)
    study.do(rate.set_notes, study.rating_id, "noted-canary " * 400)
    return study


def test_no_word_stands_in_any_file_while_the_study_is_open(written: OpenStudy) -> None:
    names = {path.name for path in written.folder.iterdir()}
    assert {"study.db", "study.db-wal", "study.db-shm"} <= names
    assert found_in(written.folder) == set()


def test_no_word_stands_in_any_file_after_closing(written: OpenStudy) -> None:
    written.project.close()
    names = {path.name for path in written.folder.iterdir()}
    assert "study.db-wal" not in names
    assert found_in(written.folder) == set()


def test_the_search_itself_finds_words_that_are_there(written: OpenStudy) -> None:
    (written.folder / "leak").write_text("a noted-canary here")
    assert found_in(written.folder) == {"noted-canary"}


def test_no_key_stands_in_any_file(written: OpenStudy) -> None:
    data_key = unlock(written.folder, PASSPHRASE).data_key
    keys = [data_key, subkey(data_key, "database"), subkey(data_key, "peaks"), PASSPHRASE.encode()]
    for path in written.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(key in content or key.hex().encode() in content for key in keys)


def test_an_error_of_the_database_does_not_carry_what_was_written(study: OpenStudy) -> None:
    def before_the_beginning(db: Db) -> None:
        db.add(EvidenceMark(rating_id=study.rating_id, scale="noted-canary", at_ms=-1, note="spoken-canary"))

    with pytest.raises(IntegrityError) as caught:
        study.do(before_the_beginning)
    assert "canary" not in str(caught.value)
