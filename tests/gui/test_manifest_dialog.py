"""Sessions from a table or a folder through the dialog: what comes in is looked at, and what is refused."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox

from mio_fidelity.exchange.days import DayOrder
from mio_fidelity.gui import theme
from mio_fidelity.gui.manifest_dialog import ManifestDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings
from tests import media_factory
from tests.gui.front import QUIET, button

pytestmark = QUIET
HEADER = ("Client", "Session", "Part", "Arm", "Site", "Counselor", "Date", "File")
GOOD = [
    ("C101", 1, 1, "MIO", "North", "K01", "2026-03-02", "a.wav"),
    ("C101", 2, 1, "MIO", "North", "K01", "2026-03-09", "b1.wav"),
    ("C101", 2, 2, "MIO", "North", "K01", "2026-03-09", "b2.wav"),
    ("C102", 1, 1, "PE", "South", "K02", "2026-03-02", "not there.wav"),
]


class Asked:
    """A dialog and somebody who uses it."""

    def __init__(self, study, tmp_path, qtbot, folder):
        study.sign_in("S1")
        self.study, self.qtbot = study, qtbot
        bench = Workbench(Settings(tmp_path / "settings.json"))
        bench.open(study.project)
        self.changed = []
        bench.changed.connect(self.changed.append)
        self.dialog = ManifestDialog(bench, folder)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def press(self, words):
        button(self.dialog, words).click()
        self.settle()

    def settle(self):
        self.qtbot.waitUntil(lambda: self.dialog._job is None, timeout=10_000)

    def check(self, path):
        self.dialog.file.setText(str(path))
        self.press("Check")

    @property
    def lines(self):
        box = self.dialog.problems
        return [box.item(nth).text() for nth in range(box.count())] if box.isVisible() else []

    def stored(self):
        return {
            table: self.study.sql(f"SELECT count(*) FROM {table}")[0][0]
            for table in ("treatment_session", "awaited_file")
        }


@pytest.fixture
def asked(study, tmp_path, qtbot, qapp):
    theme.apply(qapp, "light")
    return Asked(study, tmp_path, qtbot, False)


@pytest.fixture
def asked_folder(study, tmp_path, qtbot, qapp):
    theme.apply(qapp, "light")
    return Asked(study, tmp_path, qtbot, True)


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "trial"
    folder.mkdir()
    for name in ("a.wav", "b1.wav", "b2.wav"):
        media_factory.make(folder / name, 1, "wav")
    return folder


def table(folder: Path, rows=GOOD, header=HEADER, name="manifest.csv") -> Path:
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return folder / name


def test_a_manifest_is_checked_shown_and_taken_in(asked, sounds):
    before = asked.stored()
    asked.check(table(sounds))
    assert asked.lines == ["Row 5: The file is not there yet. The session is added and waits for it."]
    text = asked.dialog.report.text()
    assert text == "Rows: 4, bad: 0. What can come in: new sessions: 3, files: 4, of these there already: 3."
    assert asked.stored() == before, "nothing is stored before it has been seen"
    asked.press("Import")
    assert not asked.dialog.isVisible()
    assert asked.stored()["treatment_session"] == before["treatment_session"] + 3
    assert asked.stored()["awaited_file"] == 4
    assert "awaited_file" in asked.changed[-1]


def test_what_a_column_holds_can_be_read_whole(asked, sounds):
    asked.check(table(sounds))
    for box in asked.dialog.preview.roles:
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        style, field = box.style(), QStyle.SubControl.SC_ComboBoxEditField
        place = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box)
        asks = box.fontMetrics().size(0, box.currentText())
        assert asks.width() <= place.width(), box.currentText()
        assert asks.height() <= place.height(), box.currentText()
        assert box.toolTip() == box.currentText()


def test_bad_rows_are_listed_and_dropped_only_knowingly(asked, sounds):
    bad = [
        ("Margaret Smith", 1, 1, "MIO", "", "", "", ""),
        ("C103", "x", 1, "", "", "", "", ""),
        ("", 3, 1, "", "", "", "", ""),
    ]
    asked.check(table(sounds, [*GOOD[:3], *bad]))
    assert [line.split(":")[0] for line in asked.lines] == ["Row 5", "Row 6", "Row 7"]
    assert "Margaret" not in " ".join(asked.lines)
    asked.press("Check")
    assert asked.stored()["awaited_file"] == 0
    asked.dialog.knowingly.click()
    asked.press("Import")
    assert asked.stored()["awaited_file"] == 3


def test_a_column_nobody_knows_is_said_in_the_preview(asked, sounds):
    header = ("Frau", *HEADER[1:])
    path = table(sounds, GOOD, header)
    asked.check(path)
    assert "The column Frau is not known" in asked.lines[0]
    assert not asked.dialog.knowingly.isVisible()
    box = asked.dialog.preview.roles[0]
    box.setCurrentIndex(box.findData("client"))
    asked.press("Check")
    asked.press("Import")
    assert asked.stored()["awaited_file"] == 4


def test_dates_that_can_be_read_in_two_ways_wait_for_somebody_to_say(asked, sounds):
    rows = [(*row[:6], "03/04/2026", row[7]) for row in GOOD]
    asked.check(table(sounds, rows))
    assert len(asked.lines) == 4
    assert "day or month comes first" in asked.dialog.report.text()
    asked.dialog.order.setCurrentIndex(asked.dialog.order.findData(DayOrder.DAY_FIRST))
    asked.press("Check")
    asked.press("Import")
    assert {row[0] for row in asked.study.sql("SELECT held_on FROM treatment_session WHERE arm = 'MIO'")} == {
        "2026-04-03"
    }


def test_the_same_manifest_again_adds_nothing(asked, sounds):
    path = table(sounds)
    asked.check(path)
    asked.press("Import")
    before = asked.stored()
    asked.dialog.show()
    asked.dialog.file.setText("")
    asked.check(path)
    assert "nothing to add" in " ".join(asked.lines)
    assert not asked.dialog.knowingly.isVisible()
    assert asked.stored() == before


def test_a_folder_tells_sessions_by_the_names_of_its_files(asked_folder, tmp_path):
    folder = tmp_path / "dropped"
    (folder / "C201").mkdir(parents=True)
    for name in (
        "C200_S01.wav",
        "C200_S02_part1.wav",
        "C200_S02_part2.wav",
        "C201/session 4.wav",
        "noise.wav",
    ):
        media_factory.make(folder / name, 1, "wav")
    (folder / "notes.txt").write_text("not sound")
    event = drop_of(folder)
    asked_folder.dialog.dropEvent(event)
    asked_folder.settle()
    (line,) = asked_folder.lines
    assert "The name of this file does not tell client and session." in line
    text = asked_folder.dialog.report.text()
    assert "Rows: 5, bad: 1. What can come in: new sessions: 3, files: 4," in text
    asked_folder.dialog.knowingly.click()
    asked_folder.press("Import")
    rows = asked_folder.study.sql(
        "SELECT c.code, t.number, a.part FROM awaited_file a JOIN treatment_session t ON t.id = a.session_id"
        " JOIN client c ON c.id = t.client_id ORDER BY 1, 2, 3"
    )
    assert [tuple(row) for row in rows] == [("C200", 1, 1), ("C200", 2, 1), ("C200", 2, 2), ("C201", 4, 1)]


def drop_of(folder):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    drop_of.kept = data
    return QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )


def test_an_empty_folder_and_no_folder_are_refused_in_words(asked_folder, tmp_path):
    (tmp_path / "empty").mkdir()
    asked_folder.check(tmp_path / "empty")
    assert "No recording is in this folder" in asked_folder.dialog.report.text()
    asked_folder.check(tmp_path / "nowhere")
    assert "no folder" in asked_folder.dialog.report.text()


def test_a_coder_is_refused(asked, sounds):
    asked.study.sign_in("R1")
    asked.check(table(sounds))
    assert "Only a supervisor" in asked.dialog.report.text()
    assert asked.stored()["awaited_file"] == 0
