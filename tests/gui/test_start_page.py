"""The first page: what somebody can do there, and what it says when a study cannot be opened."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from mio_fidelity import demo
from mio_fidelity.coding import people
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.study_dialogs import NewStudyDialog
from mio_fidelity.settings import default_demo_folder
from mio_fidelity.store import Project, Role
from tests.conftest import PASSPHRASE
from tests.gui.front import QUIET, button, front_window, press, write

pytestmark = QUIET
Key = Qt.Key

HOLD = """
import sys
from pathlib import Path
from mio_fidelity.store import Project
with Project.open(Path(sys.argv[1]), sys.stdin.readline().strip()):
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def window(settings, qtbot, qapp):
    return front_window(settings, qtbot, qapp)


@pytest.fixture
def closed(study):
    """The folder of a closed study."""
    study.project.close()
    return study.folder


def open_study(window, folder, phrase=PASSPHRASE):
    window.start.ask_phrase(folder)
    write(phrase)
    press(Key.Key_Return)


def says(window):
    """The sentence in sight, if there is one."""
    message = window.start.message
    assert message.isVisible() == bool(message.text())
    if message.isVisible():
        assert message.height() >= message.heightForWidth(message.width()), "the sentence is cut"
    return message.text()


def test_the_way_in_needs_no_mouse(window, closed, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(closed))
    assert QApplication.focusWidget() is window.start.open_button
    press(Key.Key_Return)
    write(PASSPHRASE)
    press(Key.Key_Return)
    assert QApplication.focusWidget().text().startswith("R1")
    press(Key.Key_Tab)
    assert QApplication.focusWidget().text().startswith("R2")
    press(Key.Key_Return)
    assert window.pages.currentWidget() is window.queue
    assert window.current_project().person_id is not None


def test_a_wrong_pass_phrase_is_said_and_the_right_one_then_opens(window, closed):
    open_study(window, closed, "not the right one")
    assert "does not open the study" in says(window)
    assert QApplication.focusWidget() is window.start.passphrase
    assert window.start.passphrase.selectedText()
    write(PASSPHRASE)
    press(Key.Key_Return)
    assert window.start.who.isVisible()
    assert not says(window)


def test_escape_goes_back_to_the_choice_of_a_study(window, closed, qtbot):
    window.start.ask_phrase(closed)
    write("typed")
    press(Key.Key_Escape)
    qtbot.waitUntil(window.start.which.isVisible)
    window.start.ask_phrase(closed)
    assert not window.start.passphrase.text()


def no_study(study):
    (study.folder / "study.db").rename(study.folder / "elsewhere.db")


def no_keys(study):
    (study.folder / "keys.json").unlink()


def broken_keys(study):
    (study.folder / "keys.json").write_text("{")


def empty_file(study):
    (study.folder / "study.db").write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_study, "There is no study in this folder"),
        (no_keys, "This folder has no keys.json"),
        (broken_keys, "keys.json is damaged"),
        (empty_file, "The study file is damaged"),
    ],
)
def test_a_study_that_cannot_be_opened_has_its_sentence(window, study, spoil, sentence):
    study.project.close()
    spoil(study)
    open_study(window, study.folder)
    assert says(window).startswith(sentence)
    still_usable(window)


def test_a_newer_study_is_not_opened(window, study):
    study.sql("UPDATE alembic_version SET version_num = 'zzzz'")
    study.project.close()
    open_study(window, study.folder)
    assert "newer version" in says(window)
    still_usable(window)


def test_a_study_open_in_another_program_is_not_opened(window, closed):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(closed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    other.stdin.write(PASSPHRASE + "\n")
    other.stdin.flush()
    assert other.stdout.readline() == "open\n"
    open_study(window, closed)
    assert "open already" in says(window)
    other.communicate("\n")
    press(Key.Key_Return)
    assert window.start.who.isVisible(), says(window)


def test_two_windows_do_not_work_on_one_study(window, closed, settings, qtbot, qapp):
    open_study(window, closed)
    second = front_window(settings, qtbot, qapp)
    open_study(second, closed)
    assert "open already" in says(second)
    assert not second._bench.has_project
    window.close()
    second.activateWindow()
    second.start.unlock_button.click()
    assert second.start.who.isVisible()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can mount")
def test_a_study_on_a_read_only_disk_is_not_opened(window, closed, tmp_path):
    place = tmp_path / "protected"
    place.mkdir()
    if subprocess.run(["mount", "--bind", closed, place], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        open_study(window, place)
        assert "nothing can be written" in says(window)
    finally:
        subprocess.run(["umount", "-l", place], check=True)
    still_usable(window)


def still_usable(window):
    """Every step can be gone again."""
    assert not window._bench.has_project
    button(window.start, "Back").click()
    assert window.start.which.isVisible()
    assert not says(window)
    for each in (window.start.open_button, window.start.new_button, window.start.demo_button):
        assert each.isVisible()
        assert each.isEnabled()


def test_the_study_opened_last_is_offered(window, closed, settings, qtbot, qapp):
    assert not window.start.again.isVisible()
    open_study(window, closed)
    window.close()
    next_day = front_window(settings, qtbot, qapp)
    assert QApplication.focusWidget() is next_day.start.again
    assert closed.name in next_day.start.again.text()
    press(Key.Key_Return)
    write(PASSPHRASE)
    press(Key.Key_Return)
    assert next_day.start.who.isVisible()


def test_a_study_that_is_gone_is_not_offered(settings, tmp_path, qtbot, qapp):
    settings["last_study"] = str(tmp_path / "gone")
    window = front_window(settings, qtbot, qapp)
    assert not window.start.again.isVisible()
    assert QApplication.focusWidget() is window.start.open_button


def test_thirty_people_can_sign_in_and_the_page_keeps_its_size(window, study):
    study.sign_in("S1")
    for number in range(10, 37):
        study.do(people.add_person, f"R{number}", Role.CODER)
    window.show_project(study.project)
    assert window.height() == 768
    last = window.start.people.findChildren(QPushButton)[-1]
    first = QApplication.focusWidget()
    press(*[Key.Key_Tab] * 29)
    assert QApplication.focusWidget() is last is not first
    assert not last.visibleRegion().isEmpty()


def test_nobody_named_in_the_list_but_by_code_and_role(window, study):
    window.show_project(study.project)
    names = [each.text() for each in window.start.people.findChildren(QPushButton)]
    assert names == ["R1 · coder", "R2 · coder", "S1 · supervisor"]


def test_another_study_lets_go_of_this_one(window, study):
    window.show_project(study.project)
    button(window.start, "Another study").click()
    assert window.start.which.isVisible()
    Project.refuse_if_open(study.folder)


def test_the_pass_phrase_is_kept_nowhere(window, closed, settings, capfd):
    open_study(window, closed, "not the right one")
    open_study(window, closed)
    window.start.ask_which()
    said = "".join(capfd.readouterr()) + settings._path.read_text()
    assert PASSPHRASE not in said
    assert "not the right one" not in said
    assert PASSPHRASE not in " ".join(field.text() for field in window.findChildren(QLineEdit))
    assert all(PASSPHRASE.encode() not in path.read_bytes() for path in closed.rglob("*") if path.is_file())


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Where the demo study would lie."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return default_demo_folder()


def test_the_demo_study_is_made_with_progress_and_opened(window, at_home, qtbot):
    shown = []
    window.start.progress.valueChanged.connect(shown.append)
    window.start.demo_button.click()
    assert window.start.making.isVisible()
    assert QApplication.focusWidget() is window.start.stop_button
    window.start.demo_button.click()
    qtbot.waitUntil(window.start.who.isVisible, timeout=30_000)
    assert len(shown) > 5
    assert shown == sorted(shown)
    names = [member.code for member in window.current_project().ask(people.roster)]
    assert demo.FIRST_CODER in names
    assert window.current_project().folder == at_home


def test_the_making_of_the_demo_can_be_stopped(window, at_home, qtbot):
    window.start.demo_button.click()
    press(Key.Key_Return)
    qtbot.waitUntil(window.start.which.isVisible, timeout=20_000)
    assert not says(window)
    assert list(at_home.parent.iterdir()) == []


def test_a_window_closed_while_the_demo_is_made_leaves_nothing_half_done(window, at_home, qtbot):
    window.start.demo_button.click()
    qtbot.waitUntil(lambda: any(at_home.parent.glob("new-demo-*")), timeout=20_000)
    window.close()
    qtbot.waitUntil(lambda: list(at_home.parent.iterdir()) == [], timeout=20_000)
    qtbot.wait(50)
    assert not window._bench.has_project


def test_what_lies_in_the_place_of_the_demo_is_left_alone(window, at_home, qtbot):
    at_home.mkdir(parents=True)
    (at_home / "something").write_text("mine")
    window.start.demo_button.click()
    qtbot.waitUntil(lambda: bool(window.start.message.text()))
    assert "not a demo study" in says(window)
    assert (at_home / "something").read_text() == "mine"


def test_new_study_opens_its_dialog(window: MainWindow):
    window.start.new_button.click()
    assert window.findChild(NewStudyDialog).isVisible()
