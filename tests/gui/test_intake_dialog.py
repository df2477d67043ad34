"""Taking awaited files in through the dialog: what is stored is looked at, with files of every kind."""

import shutil
import wave
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from mio_fidelity.gui import intake_work, theme
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.intake_dialog import IntakeDialog
from mio_fidelity.gui.study_page import StudyPage
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings
from tests import media_factory
from tests.coding.awaiting import await_files, problems, sounds, taken
from tests.conftest import OpenStudy
from tests.gui.conftest import Coder
from tests.gui.front import QUIET, button

pytestmark = QUIET


class Batch:
    """The dialog, and somebody who uses it."""

    def __init__(self, study: OpenStudy, bench: Workbench, qtbot: Any) -> None:
        self.study, self.bench, self.qtbot = study, bench, qtbot
        self.changed: list[frozenset[str]] = []
        bench.changed.connect(self.changed.append)
        self.dialog: IntakeDialog

    def open(self) -> None:
        """A new dialog, once it knows what is there."""
        self.dialog = IntakeDialog(self.bench)
        self.qtbot.addWidget(self.dialog)
        self.dialog.open()
        self.settle()

    def press(self, words: str) -> None:
        button(self.dialog, words).click()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.dialog.busy, timeout=30_000)

    def stop_after(self, n: int, way: str = "Stop") -> None:
        """Start, and stop or close as soon as ``n`` files are taken in."""
        button(self.dialog, "Start").click()
        tally = self.dialog._tally
        self.qtbot.waitUntil(lambda: tally.taken >= n, timeout=30_000)
        if way == "close":
            self.dialog.close()
            self.qtbot.waitUntil(lambda: not self.dialog.isVisible(), timeout=30_000)
        else:
            button(self.dialog, way).click()
            self.settle()

    @property
    def lines(self) -> list[str]:
        """What could not be taken in, as it is shown."""
        box = self.dialog.refused
        return [box.item(nth).text() for nth in range(box.count())] if box.isVisible() else []


@pytest.fixture
def batch(study: OpenStudy, tmp_path: Path, qtbot: Any, qapp: QApplication) -> Batch:
    theme.apply(qapp, "light")
    bench = Workbench(Settings(tmp_path / "settings.json"))
    bench.open(study.project)
    return Batch(study, bench, qtbot)


@pytest.fixture
def mixed(batch: Batch, tmp_path: Path) -> Batch:
    """Nine files: two that are good, and one of each that is not."""
    good = sounds(tmp_path / "rec", 1)
    long = media_factory.make(tmp_path / "cut.wav", 4, "wav")
    silent = tmp_path / "silent.wav"
    with wave.open(str(silent), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    files = [
        *good,
        tmp_path / "qzxj-missing.wav",
        media_factory.zero_bytes(tmp_path / "empty.wav"),
        media_factory.text_as(tmp_path / "text.mp3"),
        media_factory.truncated(long, 0.5),
        silent,
        Path(shutil.copyfile(good[0], tmp_path / "copy.wav")),
        tmp_path / "rec",
        media_factory.make(tmp_path / "b.mp3", 0.5, "mp3_cbr"),
    ]
    await_files(batch.study, files)
    batch.open()
    return batch


def test_it_says_what_is_awaited_and_what_of_it_is_there(mixed: Batch) -> None:
    assert mixed.dialog.state.text() == "Files awaited: 9; there already: 8."
    assert mixed.lines == []
    assert taken(mixed.study) == []


def test_good_files_are_taken_in_and_of_every_other_is_said_what_is_wrong(mixed: Batch) -> None:
    mixed.press("Start")
    assert taken(mixed.study) in (["C01-1", "C01-9"], ["C01-7", "C01-9"])
    copy = "C01-7" if "C01-1" in taken(mixed.study) else "C01-1"
    assert "Taken in: 2 of 9; with a problem: 7" in mixed.dialog.report.text()
    kept = problems(mixed.study)
    for session, said in {
        "C01-2": "not where it is said to lie",
        "C01-3": "The file is empty",
        "C01-4": "",
        "C01-5": "cut short",
        "C01-6": "silent",
        copy: "in the study already",
        "C01-8": "folder",
    }.items():
        assert said in kept[session]
        assert f"{session}, part 1: {kept[session]}" in mixed.lines
    assert len(mixed.lines) == len(kept) == 7
    assert all(kept.values())
    assert "qzxj" not in " ".join(mixed.lines)
    assert {"recording", "awaited_file"} <= mixed.changed[-1]


def test_what_was_taken_in_has_its_picture_and_the_study_is_sound(mixed: Batch) -> None:
    mixed.press("Start")
    for (sha256,) in mixed.study.sql("SELECT sha256 FROM recording"):
        assert mixed.study.project.peaks.read(sha256) is not None or sha256 in first_one(mixed.study)
    assert mixed.study.project.sound()


def first_one(study: OpenStudy) -> str:
    """The fingerprint of the recording that was in the study before."""
    query = "SELECT sha256 FROM recording WHERE session_id = :s"
    return str(study.sql(query, s=study.session_id)[0][0])


def test_damaged_files_are_taken_in_knowingly(mixed: Batch) -> None:
    mixed.press("Start")
    mixed.dialog.as_they_are.click()
    mixed.press("Try again")
    assert {"C01-5", "C01-6"} <= set(taken(mixed.study))
    assert "Taken in: 2 of 7; with a problem: 5" in mixed.dialog.report.text()
    kept = " ".join(row[0] for row in mixed.study.sql("SELECT problems FROM recording"))
    assert "cut short" in kept
    assert "silent" in kept


def test_a_file_that_was_mended_is_taken_in_when_it_is_chosen(mixed: Batch, tmp_path: Path) -> None:
    mixed.press("Start")
    media_factory.make(tmp_path / "qzxj-missing.wav", 0.7, "wav")
    media_factory.make(tmp_path / "empty.wav", 0.8, "wav")
    choose(mixed.dialog, "C01-2")
    mixed.press("Try the chosen ones again")
    assert "C01-2" in taken(mixed.study)
    assert "C01-3" not in taken(mixed.study)
    mixed.press("Try again")
    assert "C01-3" in taken(mixed.study)


def test_the_next_time_goes_on_with_what_was_not_tried_and_lists_the_rest(mixed: Batch) -> None:
    mixed.press("Start")
    mixed.dialog.close()
    mixed.open()
    assert len(mixed.lines) == 7
    assert not mixed.dialog.go.isEnabled()
    assert mixed.dialog.again.hasFocus()


def test_chosen_files_are_given_up_after_a_question(mixed: Batch) -> None:
    mixed.press("Start")
    assert not mixed.dialog.give_up.isEnabled()
    choose(mixed.dialog, "C01-3", "C01-4")
    button(mixed.dialog, "Give up").click()
    (asked,) = mixed.dialog.findChildren(AskDialog)
    assert len(problems(mixed.study)) == 7, "not before the question is answered"
    button(asked, "Give up 2").click()
    mixed.settle()
    assert not {"C01-3", "C01-4"} & set(problems(mixed.study))
    assert len(mixed.lines) == 5
    assert "No longer awaited: 2." in mixed.dialog.report.text()


@pytest.mark.parametrize("way", ["Stop", "close"])
def test_stopped_in_the_middle_it_goes_on_in_a_new_dialog(batch: Batch, tmp_path: Path, way: str) -> None:
    await_files(batch.study, sounds(tmp_path / "rec", 60))
    batch.open()
    batch.stop_after(3, way)
    done = taken(batch.study)
    assert 3 <= len(done) < 60
    assert len(problems(batch.study)) == 60 - len(done)
    assert not any(problems(batch.study).values()), "nothing is wrong with what was not reached"
    assert "recording" in batch.changed[-1]
    if way == "Stop":
        assert f"▲ Stopped. Taken in: {len(done)} of 60. These stay" in batch.dialog.report.text()
        batch.dialog.close()
    batch.open()
    assert batch.dialog.state.text().startswith(f"Files awaited: {60 - len(done)};")
    batch.press("Start")
    assert len(taken(batch.study)) == 60
    assert batch.dialog.state.text() == "No file is awaited."
    assert not batch.dialog.go.isEnabled()


def test_the_study_can_be_closed_in_the_middle(batch: Batch, tmp_path: Path) -> None:
    await_files(batch.study, sounds(tmp_path / "rec", 60))
    batch.open()
    button(batch.dialog, "Start").click()
    tally = batch.dialog._tally
    batch.qtbot.waitUntil(lambda: tally.taken >= 3, timeout=30_000)
    batch.dialog.hide()
    batch.bench.close()
    QThreadPool.globalInstance().waitForDone()
    batch.study.reopen()
    assert 3 <= len(taken(batch.study)) < 60
    assert len(problems(batch.study)) == 60 - len(taken(batch.study))
    assert batch.study.project.sound()


def test_a_supervisor_opens_it_from_the_study_page(window: Coder) -> None:
    window.window.queue.left.emit()
    window.window.start.signed_in.emit(window.study.people["S1"])
    page = StudyPage(window.window._bench)
    window.qtbot.addWidget(page)
    page.show()
    page.open()
    page.show_table("recordings")
    button(page, "Take in awaited files").click()
    (dialog,) = page.findChildren(IntakeDialog)
    window.wait(lambda: not dialog.busy)
    assert dialog.state.text() == "No file is awaited."
    # Which of two windows is the active one, a screen without a window manager leaves open.
    window.wait(lambda: dialog.focusWidget() is dialog.stop)
    dialog.close()
    page.stop_work()


def test_progress_is_told_in_words_and_never_goes_back(batch: Batch, tmp_path: Path) -> None:
    await_files(batch.study, [*sounds(tmp_path / "rec", 12), tmp_path / "missing.wav"])
    batch.open()
    said, values = [], []
    batch.dialog.progress.valueChanged.connect(values.append)
    batch.dialog.progress.valueChanged.connect(lambda _: said.append(batch.dialog.state.text()))
    batch.press("Start")
    going = [value for value in values if value > 0]
    assert max(going) == 1000
    assert going[: going.index(1000) + 1] == sorted(going[: going.index(1000) + 1])
    assert any(text.endswith(" of 13; with a problem: 0") for text in said)


def test_a_disk_that_refuses_ends_the_run_with_a_sentence(batch: Batch, tmp_path: Path) -> None:
    await_files(batch.study, sounds(tmp_path / "rec", 5))
    batch.open()
    batch.study.sign_in("R1")
    batch.press("Start")
    assert "Only a supervisor" in batch.dialog.report.text()
    batch.study.sign_in("S1")
    assert taken(batch.study) == []
    assert len(problems(batch.study)) == 5


def test_it_can_be_worked_by_keyboard_alone_and_everything_has_a_name(mixed: Batch) -> None:
    mixed.qtbot.waitUntil(lambda: mixed.dialog.go.hasFocus())
    QTest.keyClick(mixed.dialog.go, Qt.Key.Key_Return)
    mixed.settle()
    mixed.qtbot.waitUntil(lambda: mixed.dialog.again.hasFocus())
    QTest.keyClick(mixed.dialog.refused, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(mixed.dialog.refused.selectedItems()) == 7
    for widget in (mixed.dialog.refused, mixed.dialog.progress, *mixed.dialog.findChildren(QAbstractButton)):
        assert name_of(widget)
    QTest.keyClick(mixed.dialog, Qt.Key.Key_Escape)
    assert not mixed.dialog.isVisible()


def name_of(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def choose(dialog: IntakeDialog, *sessions: str) -> None:
    """Choose these in the list."""
    box = dialog.refused
    box.clearSelection()
    for nth in range(box.count()):
        box.item(nth).setSelected(box.item(nth).text().startswith(tuple(f"{each}," for each in sessions)))


def test_the_time_left_is_told_once_it_can_be() -> None:
    assert intake_work.seconds_left(1.0, 0.5) is None
    assert intake_work.seconds_left(10.0, 0.001) is None
    assert intake_work.seconds_left(10.0, 0.25) == pytest.approx(30.0)
    assert intake_work.seconds_left(10.0, 1.0) == 0


def test_one_processor_is_left_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for processors, at_a_time in ((None, 1), (1, 1), (2, 1), (4, 3), (32, 4)):
        monkeypatch.setattr("os.cpu_count", lambda n=processors: n)
        assert intake_work.at_a_time() == at_a_time
