"""The report of a meeting, written through the page and read again."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QFileDialog

from mio_fidelity.coding import discuss, meetings
from mio_fidelity.gui import places
from mio_fidelity.gui.meeting_report import ReportDialog
from mio_fidelity.gui.meetings_page import MeetingsPage
from tests.coding.double_coded import double_coded
from tests.gui.conftest import QUIET
from tests.gui.test_report_pdf import text_of

pytestmark = QUIET
DAY = date(2026, 3, 1)
SECRET, REMARK = "notes-qzxj", "remark-qzxj"


@pytest.fixture
def page(window, study) -> MeetingsPage:
    """S1 at a meeting with all that one keeps."""
    double_coded(study)
    held = study.do(meetings.hold, DAY)
    study.do(meetings.set_attendance, held, [study.people["R1"], study.people["S1"]])
    study.do(discuss.take_up, held, [study.do(discuss.put, study.session_id, "warm_regard", REMARK)])
    study.do(meetings.set_notes, held, SECRET)
    study.do(meetings.decide, "warm_regard", None, "5 < 6 & <b>warm</b>", DAY, held)
    study.do(meetings.decide, None, "fidelity", "Hear it whole.", DAY)
    window.window.start.signed_in.emit(study.people["S1"])
    window.window.go(places.MEETINGS)
    found = window.window.pages.currentWidget()
    assert isinstance(found, MeetingsPage)
    return found


@pytest.fixture
def proposed(tmp_path, monkeypatch) -> list[str]:
    """The names of files that were proposed; each is taken, in a folder of this test."""
    names: list[str] = []

    def choose(_window, _title, name, _kinds):
        names.append(Path(name).name)
        return str(tmp_path / names[-1]), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return names


def report(window, page, kind: str, notes: bool = False) -> None:
    page.report.click()
    (asked,) = page.findChildren(ReportDialog)
    getattr(asked, kind).setChecked(True)
    asked.notes.setChecked(notes)
    asked.accept()
    window.wait(lambda: not page._exporting.busy, 20_000)
    assert page.foot.notice.text() == "✔ The file is written."
    window.wait(lambda: not page.findChildren(ReportDialog))


def test_the_pdf_says_all_but_the_notes_under_a_name_that_tells_nothing(window, page, proposed, tmp_path):
    report(window, page, "pdf")
    assert proposed == ["meeting-2026-03-01.pdf"]
    text = text_of(tmp_path / proposed[0])
    for words in (
        "Meeting of 1 March 2026",
        "R1, S1",
        "QZX7-5417",
        "1. Warm regard",
        "5 < 6 & <b>warm</b>",
        "Hear it whole.",
        "Page 1 of 1",
    ):
        assert words in text
    assert SECRET not in text
    assert REMARK not in text


def test_with_the_notes_only_when_that_is_ticked(window, page, proposed, tmp_path):
    report(window, page, "pdf", notes=True)
    text = text_of(tmp_path / proposed[0])
    assert SECRET in text
    assert REMARK in text
    page.report.click()
    assert not page.findChildren(ReportDialog)[0].notes.isChecked()


def test_the_workbook_is_the_other_choice(window, page, proposed, tmp_path):
    report(window, page, "excel")
    assert proposed == ["meeting-2026-03-01.xlsx"]
    (sheet,) = openpyxl.load_workbook(tmp_path / proposed[0]).worksheets
    assert sheet["A1"].value == "Meeting of 2026-03-01"


def test_the_notes_being_typed_are_in_the_report(window, page, proposed, tmp_path):
    page.form.notes.setPlainText("typed just now")
    report(window, page, "pdf", notes=True)
    assert "typed just now" in text_of(tmp_path / proposed[0])


def test_a_place_that_cannot_be_written_is_said(window, page, monkeypatch, tmp_path):
    target = tmp_path / "no folder" / "meeting.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.report.click()
    page.findChildren(ReportDialog)[0].accept()
    window.wait(lambda: not page._exporting.busy, 20_000)
    assert page.foot.notice.text()
    assert "✔" not in page.foot.notice.text()


def test_who_thinks_better_of_it_writes_nothing(window, page, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    page.report.click()
    page.findChildren(ReportDialog)[0].accept()
    assert not page._exporting.busy
    assert not list(tmp_path.glob("*.pdf"))


def test_all_decisions_go_to_a_table(window, page, proposed, tmp_path):
    page.tabs.setCurrentIndex(1)
    page._export_csv()
    window.wait(lambda: not page._exporting.busy, 20_000)
    text = (tmp_path / "decisions.csv").read_text("utf-8-sig")
    assert "Hear it whole." in text
    assert SECRET not in text
