"""Importing ratings through the dialog: what is stored is looked at, and every way in which nothing is."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from mio_fidelity.analysis.study import score_table
from mio_fidelity.gui import theme
from mio_fidelity.gui.import_dialog import ImportDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings
from mio_fidelity.store import Purpose
from tests.conftest import OpenStudy
from tests.exchange.files import HEADER, csv_file, excel_file, long_rows
from tests.gui.conftest import Coder
from tests.gui.front import QUIET, button

pytestmark = QUIET


class Asked(QObject):
    """The dialog, and somebody who uses it."""

    def __init__(self, dialog: ImportDialog, study: OpenStudy, qtbot: Any) -> None:
        super().__init__()
        self.dialog, self.study, self.qtbot = dialog, study, qtbot

    def press(self, words: str) -> None:
        """Press the button and wait until the dialog is done with it."""
        button(self.dialog, words).click()
        self.qtbot.waitUntil(lambda: not self.dialog.progress.isVisible(), timeout=60_000)

    def check(self, path: Path) -> None:
        self.dialog.file.setText(str(path))
        self.press("Check")

    @property
    def lines(self) -> list[str]:
        """The dry run as it is shown."""
        box = self.dialog.problems
        return [box.item(nth).text() for nth in range(box.count())] if box.isVisible() else []

    @property
    def stored(self) -> int:
        """Ratings in the study beside the one that was there."""
        return int(self.study.sql("SELECT count(*) FROM rating")[0][0]) - 1


@pytest.fixture
def asked(study: OpenStudy, tmp_path: Path, qtbot: Any, qapp: QApplication) -> Asked:
    theme.apply(qapp, "light")
    study.sign_in("S1")
    bench = Workbench(Settings(tmp_path / "settings.json"))
    bench.open(study.project)
    dialog = ImportDialog(bench)
    qtbot.addWidget(dialog)
    dialog.show()
    return Asked(dialog, study, qtbot)


def test_a_good_file_is_checked_shown_and_imported(asked: Asked, tmp_path: Path) -> None:
    asked.check(csv_file(tmp_path / "a.csv", long_rows()))
    assert asked.lines == []
    assert "Rows: 48, bad: 0. What can come in: scores: 48, in ratings: 12." in asked.dialog.report.text()
    assert asked.dialog.preview.item(1, 0).text() == "C01-1"
    assert [box.currentText() for box in asked.dialog.preview.roles] == list(HEADER)
    assert asked.stored == 0, "nothing is stored before it has been seen"
    changed: list[frozenset[str]] = []
    asked.dialog._bench.changed.connect(changed.append)
    asked.press("Import")
    assert not asked.dialog.isVisible()
    assert asked.stored == 12
    assert "rating" in changed[0]
    assert asked.study.ask(score_table).values.shape[1:] == (6, 2)


def test_an_excel_file_for_another_purpose(asked: Asked, tmp_path: Path) -> None:
    excel_file(tmp_path / "a.xlsx", long_rows())
    asked.dialog.purpose.setCurrentIndex(asked.dialog.purpose.findData(Purpose.TRAINING))
    asked.check(tmp_path / "a.xlsx")
    asked.press("Import")
    assert {row[0] for row in asked.study.sql("SELECT purpose FROM rating WHERE notes <> ''")} == {"training"}


def test_bad_rows_are_listed_and_dropped_only_knowingly(asked: Asked, tmp_path: Path) -> None:
    bad = [("C9-1", "R1", "warm_regard", "fidelity", 8), ("C9-1", "Margaret", "child_mind", "fidelity", 3)]
    asked.check(csv_file(tmp_path / "a.csv", [*long_rows(), *bad]))
    assert [line.split(":")[0] for line in asked.lines] == ["Row 50", "Row 51"]
    assert "Margaret" not in " ".join(asked.lines)
    asked.press("Check")
    assert asked.stored == 0
    assert asked.dialog.knowingly.text() == "Drop the 2 bad rows knowingly"
    asked.dialog.knowingly.click()
    asked.press("Import")
    assert asked.stored == 12


def test_a_file_that_was_mended_is_read_again(asked: Asked, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [*long_rows(), long_rows()[0]])
    asked.check(path)
    assert len(asked.lines) == 2
    csv_file(path, long_rows())
    asked.press("Check")
    assert asked.lines == []
    asked.press("Import")
    assert asked.stored == 12


def test_columns_with_other_titles_are_said_in_the_preview(asked: Asked, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", long_rows(), ("Sitzung", "Wer", "scale", "dimension", "value"))
    asked.check(path)
    assert "There is no column session, coder." in asked.lines[0]
    assert not asked.dialog.knowingly.isVisible()
    for at, role in enumerate(("session", "coder")):
        box = asked.dialog.preview.roles[at]
        box.setCurrentIndex(box.findData(role))
    assert asked.lines == []
    asked.press("Check")
    asked.press("Import")
    assert asked.stored == 12


def test_a_wide_column_can_be_given_to_a_scale_or_left_out(asked: Asked, tmp_path: Path) -> None:
    rows = [("C1", "R1", 4, "x"), ("C1", "R2", 5, "y")]
    path = csv_file(tmp_path / "a.csv", rows, ("session", "coder", "Wärme", "Notiz"))
    asked.check(path)
    assert len(asked.lines) == 2
    for at, role in ((2, "warm_regard/fidelity"), (3, "")):
        box = asked.dialog.preview.roles[at]
        box.setCurrentIndex(box.findData(role))
    asked.press("Check")
    asked.press("Import")
    assert asked.stored == 2


def test_the_same_file_comes_in_once(asked: Asked, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", long_rows())
    asked.check(path)
    asked.press("Import")
    asked.dialog.show()
    asked.dialog.codes.setText("NA")
    asked.press("Check")
    assert "in the study already" in asked.lines[0]
    assert not asked.dialog.knowingly.isVisible(), "nothing would be left"
    assert asked.stored == 12


def test_codes_for_missing_are_those_named(asked: Asked, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [*long_rows(), ("C9-1", "R1", "warm_regard", "fidelity", 99)])
    asked.check(path)
    assert len(asked.lines) == 1
    asked.dialog.codes.setText("NA, 99")
    asked.press("Check")
    assert asked.lines == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty"), (b"session\n", "a header and no rows"), (b"PK\x03\x04", "cannot be read")],
)
def test_a_file_that_is_no_table_is_refused_and_another_can_be_chosen(
    asked: Asked, tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / "qzxj.csv").write_bytes(content)
    asked.check(tmp_path / "qzxj.csv")
    assert sentence in asked.dialog.report.text()
    assert "qzxj" not in asked.dialog.report.text()
    asked.check(csv_file(tmp_path / "b.csv", long_rows()))
    assert "in ratings: 12." in asked.dialog.report.text()


def test_without_a_file_it_asks_for_one(asked: Asked) -> None:
    asked.press("Check")
    assert asked.dialog.report.text() == "Choose the file first."


def test_only_a_supervisor_may_and_is_told(asked: Asked, tmp_path: Path) -> None:
    asked.check(csv_file(tmp_path / "a.csv", long_rows()))
    asked.study.sign_in("R1")
    asked.press("Import")
    assert "Only a supervisor can do this" in asked.dialog.report.text()
    assert asked.dialog.isVisible()
    assert asked.stored == 0


def test_cancel_while_it_is_stored_stores_nothing(asked: Asked, tmp_path: Path) -> None:
    asked.check(csv_file(tmp_path / "a.csv", long_rows(300)))
    asked.dialog.progress.valueChanged.connect(lambda value: value and button(asked.dialog, "Cancel").click())
    asked.press("Import")
    assert asked.dialog.report.text() == "Stopped; nothing was imported."
    assert asked.dialog.isVisible()
    assert asked.stored == 0


def test_cancel_while_it_reads_stops_that_first_and_then_closes(asked: Asked, tmp_path: Path) -> None:
    asked.dialog.file.setText(str(csv_file(tmp_path / "a.csv", long_rows(3000))))
    button(asked.dialog, "Check").click()
    button(asked.dialog, "Cancel").click()
    asked.qtbot.waitUntil(lambda: not asked.dialog.progress.isVisible(), timeout=60_000)
    assert asked.dialog.report.text() == "Stopped; nothing was imported."
    button(asked.dialog, "Cancel").click()
    assert not asked.dialog.isVisible()


def test_everything_has_a_name_for_a_voice(asked: Asked, tmp_path: Path) -> None:
    asked.check(csv_file(tmp_path / "a.csv", [*long_rows(), long_rows()[0]]))
    for widget in (
        asked.dialog.file,
        asked.dialog.preview,
        asked.dialog.problems,
        *asked.dialog.preview.roles,
    ):
        assert widget.accessibleName()


def test_a_supervisor_opens_it_from_the_list_of_sessions_and_a_coder_cannot(window: Coder) -> None:
    assert not window.window.queue.take_in.isVisible()
    window.window.queue.left.emit()
    window.window.start.signed_in.emit(window.study.people["S1"])
    button(window.window.queue, "Import ratings…").click()
    (dialog,) = window.window.findChildren(ImportDialog)
    assert dialog.isVisible()
    button(dialog, "Cancel").click()
