"""The workbook of a meeting, read again."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mio_fidelity.coding import discuss, meetings
from mio_fidelity.coding.decisions import decisions
from mio_fidelity.report.sheets_meetings import write_meeting
from tests.coding.double_coded import double_coded

DAY = date(2026, 3, 1)
SECRET, REMARK = "notes-qzxj", "remark-qzxj"


@pytest.fixture
def held(study):
    """A meeting at which something was talked about and decided, after another one."""
    double_coded(study)
    study.do(meetings.decide, None, "fidelity", "Hear it whole.", DAY)
    made = study.do(meetings.hold, DAY)
    study.do(meetings.set_attendance, made, [study.people["R1"], study.people["S1"]])
    study.do(discuss.take_up, made, [study.do(discuss.put, study.session_id, "warm_regard", REMARK)])
    study.do(meetings.set_notes, made, SECRET)
    study.do(meetings.decide, "warm_regard", None, "=A formula it is not", DAY, made)
    return made


def written(study, held, path: Path, notes=False):
    """All that the sheet says, row by row."""
    found = study.ask(meetings.meeting, held)
    own = {each.id for each in found.decisions}
    earlier = [each for each in study.ask(decisions, DAY) if each.id not in own]
    write_meeting(path / "meeting.xlsx", found, earlier, "A study of tests", notes)
    (sheet,) = openpyxl.load_workbook(path / "meeting.xlsx").worksheets
    return [tuple(cell.value for cell in row if cell.value is not None) for row in sheet.iter_rows()]


def test_it_says_who_was_there_what_was_talked_about_and_what_was_decided(study, held, tmp_path):
    rows = written(study, held, tmp_path)
    assert rows[0] == ("Meeting of 2026-03-01",)
    assert ("Present", "R1, S1") in rows
    assert ("Sessions", "QZX7-5417") in rows
    assert ("QZX7-5417", "1. Warm regard", "open") in rows
    days = [row for row in rows if row and hasattr(row[0], "year")]
    assert [row[1:] for row in days] == [
        ("1. Warm regard", "all", "=A formula it is not"),
        ("all scales", "Fidelity", "Hear it whole."),
    ]


def test_notes_and_remarks_are_there_only_when_asked_for(study, held, tmp_path):
    without = repr(written(study, held, tmp_path))
    assert SECRET not in without
    assert REMARK not in without
    assert "Notes are left out." in without
    with_them = repr(written(study, held, tmp_path, notes=True))
    assert SECRET in with_them
    assert REMARK in with_them


def test_an_empty_meeting_says_that_it_is(study, tmp_path):
    study.sign_in("S1")
    rows = written(study, study.do(meetings.hold, DAY), tmp_path)
    assert ("Present", "nobody is entered") in rows
    assert rows.count(("none",)) == 3


def test_a_text_that_looks_like_a_formula_is_a_text(study, held, tmp_path):
    written(study, held, tmp_path)
    (sheet,) = openpyxl.load_workbook(tmp_path / "meeting.xlsx").worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [cell.data_type for cell in cells] == ["s"]
