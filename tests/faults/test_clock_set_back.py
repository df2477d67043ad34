"""A computer whose clock was set back by more than a year: the person is told, and nothing depends on it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import merging
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, attempts, backups, first_look, history, hold
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.models import base
from mio_fidelity.store.verify import verify_study
from tests.coding.packed import Laptop, add_session, give, hand_out, take_in
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import count

BACK = timedelta(days=400)


class _Any(type):
    """Times that come from elsewhere are times too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class Behind(datetime, metaclass=_Any):
    """A clock that was set back."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) - BACK


@pytest.fixture
def clock() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def set_back(clock: pytest.MonkeyPatch) -> None:
    """Where the program asks for the time."""
    for module in (base, history, hold, first_look, backups):
        clock.setattr(module, "datetime", Behind)
    right = time.time
    clock.setattr(attempts.time, "time", lambda: right() - BACK.total_seconds())


def test_the_person_is_told_and_what_is_rated_is_stored(study: OpenStudy, clock: pytest.MonkeyPatch) -> None:
    study.set("warm_regard", "fidelity", rated(4))
    study.project.close()
    set_back(clock)
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert any("clock is behind" in remark for remark in study.project.remarks)
    study.submit()
    assert study.audit()[-1].at < (datetime.now(UTC) - BACK / 2).isoformat()
    study.project.close()
    assert all(check.fits for check in verify_study(study.folder, PASSPHRASE))
    count("clock set back", "rating, audit trail", ["said, and stored in order"])


def test_a_backup_made_then_is_the_newest_and_none_is_deleted_for_it(
    study: OpenStudy, clock: pytest.MonkeyPatch
) -> None:
    earlier = back_up(study.project.file)
    set_back(clock)
    study.set("warm_regard", "fidelity", rated(4))
    made = back_up(study.project.file)
    assert list_backups(study.folder) == (made, earlier)
    count("clock set back", "backup", ["the newest in the list"])


def test_wrong_pass_phrases_do_not_wait_for_a_day_long_gone(
    study: OpenStudy, clock: pytest.MonkeyPatch
) -> None:
    study.project.close()
    for _ in range(attempts.FREE + 1):
        with pytest.raises(UserError, match="pass phrase"):
            Project.open(study.folder, "this is not the one")
    set_back(clock)
    left = attempts.wait_left(study.folder)
    assert 0 < left <= attempts.LONGEST_WAIT_S
    count("clock set back", "wrong pass phrases", ["the usual wait"])


def test_a_study_held_by_a_program_that_crashed_is_opened(
    study: OpenStudy, clock: pytest.MonkeyPatch
) -> None:
    note = (study.folder / hold.NOTE).read_bytes()
    study.project.close()
    (study.folder / hold.NOTE).write_bytes(note)
    set_back(clock)
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    assert study.project.sound()
    count("clock set back", "lock of a crashed program", ["opened"])


def test_work_returned_by_a_laptop_whose_clock_was_set_back_is_the_later_work(
    study: OpenStudy, tmp_path: Path, clock: pytest.MonkeyPatch
) -> None:
    (rating_id,) = give(study, add_session(study, 1), "R1")
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(rating_id, value=3)
    first = laptop.give_back("first")
    set_back(clock)
    laptop.work(rating_id, value=6, submit=True)
    second = laptop.give_back("second")
    assert take_in(study, second).count(merging.Kind.NEW) == 1
    assert take_in(study, first).count(merging.Kind.SAME) == 1
    found = study.sql("SELECT submitted_at FROM rating WHERE id = :id", id=rating_id)
    assert found[0][0] is not None
    count("clock set back", "returned work", ["the later work stands, in any order"])
