"""How long a recording may be kept is no part of a backup."""

from datetime import date

import pytest

from mio_fidelity.coding import retention
from mio_fidelity.store.backups import back_up
from tests.conftest import OpenStudy
from tests.store.test_restore import went_back

SOON, LATER = date(2030, 1, 31), date(2040, 1, 31)
DAYS = {
    "set since": (None, SOON, SOON),
    "made earlier since": (LATER, SOON, SOON),
    "made later since": (SOON, LATER, SOON),
    "taken away since": (SOON, None, SOON),
    "never set": (None, None, None),
}


@pytest.mark.parametrize(("then", "now", "after"), DAYS.values(), ids=DAYS.keys())
def test_going_back_keeps_no_recording_longer(
    study: OpenStudy, then: date | None, now: date | None, after: date | None
) -> None:
    ((session_id,),) = study.sql("SELECT id FROM treatment_session")
    study.do_as_supervisor(retention.keep, [session_id], then)
    made = back_up(study.project.file)
    assert made
    study.do_as_supervisor(retention.keep, [session_id], now)
    went_back(study, made)
    assert study.sql("SELECT keep_until FROM recording") == [(after.isoformat() if after else None,)]
    told = [
        line.changes for line in study.audit() if line.verb == "restore" and line.table_name == "recording"
    ]
    assert len(told) == (after != then)
    assert all("keep_until" in each for each in told)
