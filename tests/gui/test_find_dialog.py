"""Finding moved recordings through the dialog: what is remembered is looked at."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRunnable, QThreadPool
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from mio_fidelity.coding import intake
from mio_fidelity.gui import theme
from mio_fidelity.gui.find_dialog import FindDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.media.probe import examine
from mio_fidelity.settings import Settings
from tests import media_factory
from tests.coding.awaiting import await_files, sounds
from tests.conftest import OpenStudy
from tests.gui.front import QUIET, button

pytestmark = QUIET


class Search:
    """The dialog, and somebody who uses it."""

    def __init__(self, study: OpenStudy, bench: Workbench, qtbot: Any, home: Path) -> None:
        self.study, self.bench, self.qtbot, self.home = study, bench, qtbot, home
        self.changed: list[frozenset[str]] = []
        bench.changed.connect(self.changed.append)
        self.dialog: FindDialog

    def open(self) -> None:
        self.dialog = FindDialog(self.bench)
        self.qtbot.addWidget(self.dialog)
        self.dialog.open()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.dialog.busy, timeout=30_000)

    def search(self, folder: Path) -> None:
        self.dialog.folder.setText(str(folder))
        self.press("Search")

    def press(self, words: str) -> None:
        button(self.dialog, words).click()
        self.settle()

    @property
    def lines(self) -> list[str]:
        box = self.dialog.missing
        return [box.item(nth).text() for nth in range(box.count())] if box.isVisible() else []

    @property
    def places(self) -> dict[str, Path]:
        """Where everything of client C01 is said to lie."""
        files = self.study.ask(intake.files, self.study.folder)
        return {each.session: each.path for each in files if each.session.startswith("C01")}


@pytest.fixture
def search(study: OpenStudy, tmp_path: Path, qtbot: Any, qapp: QApplication) -> Search:
    """Three recordings, and two files that are awaited, all of them in their places."""
    theme.apply(qapp, "light")
    files = sounds(tmp_path / "rec", 5)
    for file, waiting in zip(files[:3], await_files(study, files), strict=False):
        study.do(intake.take_in, waiting.id, examine(file))
    bench = Workbench(Settings(tmp_path / "settings.json"))
    bench.open(study.project)
    return Search(study, bench, qtbot, tmp_path)


@pytest.fixture
def moved(search: Search) -> Search:
    """All five lie elsewhere, the recordings under other names."""
    target = search.home / "new" / "deep"
    target.mkdir(parents=True)
    for nth, file in enumerate(sorted((search.home / "rec").iterdir())):
        shutil.move(file, target / (f"renamed {nth}" if nth < 3 else file.name))
    search.open()
    return search


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Work waits for its turn until this is set."""
    pool, may_go = QThreadPool.globalInstance(), threading.Event()
    threads = pool.maxThreadCount()
    pool.setMaxThreadCount(1)
    pool.start(QRunnable.create(may_go.wait))
    yield may_go
    may_go.set()
    pool.waitForDone()
    pool.setMaxThreadCount(threads)


def test_where_nothing_is_lost_nothing_is_to_be_done(search: Search) -> None:
    search.open()
    assert search.dialog.state.text() == "✔ Every file is where it is said to lie."
    assert search.lines == []
    search.dialog.folder.setText(str(search.home))
    assert not search.dialog.go.isEnabled()


def test_all_that_was_moved_is_found_and_remembered_at_once(moved: Search) -> None:
    assert moved.dialog.state.text() == "Files that are not where they are said to lie: 5 of 6."
    assert moved.lines[0] == "C01-1, part 1"
    assert moved.lines[-1] == "C01-5, part 1, awaited"
    before = moved.places
    moved.search(moved.home / "new")
    assert moved.dialog.report.text() == "✔ 5 found."
    assert moved.places == before, "nothing is stored before it is said"
    moved.press("Remember the new places")
    deep = moved.home / "new" / "deep"
    assert moved.places == {
        **{f"C01-{nth + 1}": deep / f"renamed {nth}" for nth in range(3)},
        "C01-4": deep / "qzxj-3.wav",
        "C01-5": deep / "qzxj-4.wav",
    }
    assert moved.dialog.report.text() == "✔ New places remembered: 5."
    assert moved.dialog.state.text() == "✔ Every file is where it is said to lie."
    assert {"recording", "awaited_file"} <= moved.changed[-1]


def test_a_converted_copy_and_a_doubtful_name_are_not_found(moved: Search) -> None:
    deep, other = moved.home / "new" / "deep", moved.home / "new" / "other"
    other.mkdir()
    (deep / "renamed 0").unlink()
    media_factory.make(deep / "qzxj-0.flac", 0.3, "flac")
    shutil.copyfile(deep / "qzxj-3.wav", other / "qzxj-3.wav")
    moved.search(moved.home / "new")
    assert moved.dialog.report.text() == "▲ 3 found, 2 not."
    assert moved.lines == ["C01-1, part 1", "C01-4, part 1, awaited"]
    assert "qzxj" not in " ".join(moved.lines)
    assert "converted" in " ".join(label_texts(moved.dialog))


def label_texts(dialog: FindDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(type(dialog.state))]


def test_a_recording_of_the_study_is_no_awaited_file_whatever_it_is_called(search: Search) -> None:
    (search.home / "rec" / "qzxj-3.wav").unlink()
    shutil.move(search.home / "rec" / "qzxj-0.wav", search.home / "qzxj-3.wav")
    search.open()
    search.search(search.home)
    assert search.dialog.report.text() == "▲ 1 found, 1 not."
    assert search.lines == ["C01-4, part 1, awaited"]


def test_another_file_in_the_place_of_a_recording_is_seen(search: Search) -> None:
    original = search.home / "rec" / "qzxj-0.wav"
    shutil.move(original, search.home / "kept.wav")
    media_factory.make(original, 2, "wav")
    search.open()
    assert search.lines == ["C01-1, part 1"]
    search.search(search.home)
    search.press("Remember")
    assert search.places["C01-1"] == search.home / "kept.wav"


def test_a_second_folder_finds_the_rest(moved: Search) -> None:
    elsewhere = moved.home / "elsewhere"
    elsewhere.mkdir()
    shutil.move(moved.home / "new" / "deep" / "renamed 1", elsewhere / "x")
    moved.search(moved.home / "new")
    moved.press("Remember")
    assert moved.lines == ["C01-2, part 1"]
    moved.search(elsewhere)
    moved.press("Remember")
    assert moved.places["C01-2"] == elsewhere / "x"
    assert moved.lines == []


def test_another_folder_must_be_searched_before_anything_is_remembered(moved: Search) -> None:
    moved.search(moved.home / "new")
    moved.dialog.folder.setText(str(moved.home / "rec"))
    assert button(moved.dialog, "Search").isEnabled()
    assert len(moved.lines) == 5
    moved.press("Search")
    assert moved.dialog.report.text() == "▲ 0 found, 5 not."
    assert button(moved.dialog, "Search")


def test_a_folder_that_is_not_there_is_said(moved: Search) -> None:
    moved.search(moved.home / "unplugged")
    assert moved.dialog.report.text() == "▲ This folder is not there. Choose another."


@pytest.mark.parametrize("way", ["Stop", "close"])
def test_a_search_that_is_stopped_changes_nothing(moved: Search, held: threading.Event, way: str) -> None:
    before = moved.places
    moved.dialog.folder.setText(str(moved.home / "new"))
    button(moved.dialog, "Search").click()
    if way == "Stop":
        button(moved.dialog, "Stop").click()
        held.set()
        moved.settle()
        assert moved.dialog.report.text() == "▲ Stopped; nothing was changed."
        assert button(moved.dialog, "Search").isEnabled()
    else:
        moved.dialog.close()
        held.set()
        moved.qtbot.waitUntil(lambda: not moved.dialog.isVisible())
    assert moved.places == before
    assert moved.changed == []


def test_a_study_that_changed_meanwhile_is_searched_again(moved: Search) -> None:
    moved.search(moved.home / "new")
    waiting = moved.study.ask(intake.awaited, moved.study.folder)
    moved.study.do(intake.await_no_more, [waiting[0].id])
    before = moved.places
    moved.press("Remember")
    assert "Search again" in moved.dialog.report.text()
    assert moved.places == before
    moved.press("Search")
    moved.press("Remember")
    assert moved.dialog.report.text() == "✔ New places remembered: 4."


def test_everything_has_a_name_for_a_voice_and_the_keyboard_begins_at_the_folder(moved: Search) -> None:
    moved.qtbot.waitUntil(lambda: moved.dialog.folder.hasFocus())
    for widget in (moved.dialog.missing, moved.dialog.progress, *moved.dialog.findChildren(QLineEdit)):
        assert widget.accessibleName()
    for each in moved.dialog.findChildren(QAbstractButton):
        assert each.accessibleName() or each.text()
