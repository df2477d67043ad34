"""The one window: which page is in front, what its title says, what is left when it is closed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from mio_fidelity.coding.desk import queue
from mio_fidelity.gui.study_dialogs import AddRecordingDialog
from mio_fidelity.store import Project
from tests.conftest import PASSPHRASE, SECRETS
from tests.gui.front import QUIET, front_window, press

pytestmark = QUIET
Key = Qt.Key


def test_the_title_never_says_whose_or_what_session_is_open(window):
    window.open()
    assert window.window.windowTitle() == "MIO Fidelity"
    assert not any(secret in window.window.windowTitle() for secret in SECRETS)


def test_a_coder_goes_in_and_out_of_a_session_by_keyboard(window):
    press(Key.Key_Return)
    window.settle()
    assert window.window.pages.currentWidget() is window.page
    press(Key.Key_Left, mod=Qt.KeyboardModifier.AltModifier)
    assert window.window.pages.currentWidget() is window.window.queue
    assert window.window.queue.table.hasFocus()
    assert "begun" in str(window.window.queue.model.index(0, 2).data())


def test_closing_the_window_stores_what_is_being_typed_and_lets_go_of_the_study(coder):
    coder.page.show_notes()
    coder.write("cut off in mid-sent")
    coder.window.close()
    with Project.open(coder.study.folder, PASSPHRASE) as project:
        project.sign_in(coder.study.people["R1"])
        assert project.ask(queue)[0].progress.name == "BEGUN"
        notes = project._engine.connect().exec_driver_sql("SELECT notes FROM rating").scalars().all()
    assert notes == ["cut off in mid-sent"]


def test_the_volume_is_kept(coder):
    coder.player.set_volume(35)
    coder.window.close()
    assert coder.settings.number("volume") == 35


def test_closing_the_window_closes_its_dialogs(window, study):
    window.window.start.signed_in.emit(study.people["S1"])
    window.window.queue.add.click()
    dialog = window.window.findChild(AddRecordingDialog)
    assert dialog.isVisible()
    window.window.close()
    QApplication.processEvents()
    assert not [each for each in window.window.findChildren(QDialog) if each.isVisible()]


def test_opening_another_study_lets_go_of_the_first(window, study, tmp_path):
    window.window.start.ask_phrase(study.folder)
    other = Project.create(tmp_path / "other", PASSPHRASE, "Another")
    window.window.show_project(other)
    Project.refuse_if_open(study.folder)
    assert window.window.current_project() is other
    other.close()


def test_somebody_who_left_the_study_cannot_sign_in(window, study):
    window.window._ask_who()
    study.sql("UPDATE person SET active = 0 WHERE code = 'R2'")
    press(Key.Key_Tab, Key.Key_Return)
    assert "does not work in the study" in window.window.start.message.text()
    assert window.window.start.who.isVisible()


def test_the_window_fits_a_small_screen(settings, qtbot, qapp):
    window = front_window(settings, qtbot, qapp)
    assert window.minimumSizeHint().height() <= 700
    assert window.minimumSizeHint().width() <= 1366
    assert window.height() == 768
