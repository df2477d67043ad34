"""Where an export goes, under which ending, and what is said of it."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from mio_fidelity.errors import UserError
from mio_fidelity.gui.file_export import FileExport
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.media.progress import Cancelled

KINDS = "PDF documents (*.pdf)", "Excel workbooks (*.xlsx)"


@pytest.fixture
def export(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return FileExport(WaitStrip(window), window)


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("report.pdf", KINDS[0], "report.pdf"),
        ("report", KINDS[0], "report.pdf"),
        ("report", KINDS[1], "report.xlsx"),
        ("report.pdf", KINDS[1], "report.xlsx"),
        ("report.PDF", KINDS[1], "report.xlsx"),
        ("report.xlsx", KINDS[0], "report.xlsx"),
        ("report", "", "report.pdf"),
    ],
)
def test_the_ending_is_the_one_typed_or_that_of_the_kind_chosen(export, monkeypatch, typed, kind, written):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed, kind))
    assert export._where("recalibration.pdf", *KINDS) == Path(written)


def test_nothing_chosen_is_nowhere(export, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    assert export._where("recalibration.pdf", *KINDS) is None


@pytest.mark.parametrize(
    ("outcome", "words", "role"),
    [
        (None, "✔ The file is written.", "ok"),
        (UserError("The disk is full."), "The disk is full.", "alarm"),
        (Cancelled(), "Stopped. No file was written; an old one is as it was.", "warn"),
    ],
)
def test_how_it_went_is_said_and_the_next_can_begin(export, qtbot, outcome, words, role):
    def work(_tell, _cancelled):
        if outcome is not None:
            raise outcome

    with qtbot.waitSignal(export.ended, timeout=20_000) as ended:
        export.write(work)
        assert export.busy
    assert ended.args == [words, role]
    assert not export.busy
