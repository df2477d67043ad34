"""Pass phrases through the windows: given, changed, reset, taken away, recovered."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication, QDialog

from mio_fidelity.coding import access, people
from mio_fidelity.errors import UserError
from mio_fidelity.gui.access_dialog import AccessDialog
from mio_fidelity.gui.passphrase_dialog import PassphraseDialog
from mio_fidelity.gui.person_dialog import PersonDialog
from mio_fidelity.gui.recovery_dialog import RecoveryDialog
from mio_fidelity.gui.rekey_dialog import RekeyDialog
from mio_fidelity.store import Project
from mio_fidelity.store.keys import RECOVERY, SHARED
from tests.conftest import PASSPHRASE
from tests.gui.front import QUIET, front_window, press, write
from tests.gui.test_report_pdf import text_of

pytestmark = QUIET
Key = Qt.Key
S1, FIRST, OWN = "the supervisors own", "a first pass phrase", "chosen by the coder"


@pytest.fixture
def boss(window, study):
    """S1 at her list, with a pass phrase of her own; the others share one."""
    study.sign_in("S1")
    access.change_own(study.project, PASSPHRASE, S1)
    study.project.close()
    study.project = Project.open(study.folder, S1)
    window.window.show_project(study.project)
    return window


@pytest.fixture
def dialog(boss):
    made = AccessDialog(boss.window._bench, boss.window)
    made.open()
    return made


def choose(dialog, code):
    rows = [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())]
    dialog.table.selectRow(rows.index(code))


def states(dialog):
    return {
        dialog.table.item(row, 0).text(): dialog.table.item(row, 1).text()
        for row in range(dialog.table.rowCount())
    }


def child(parent, kind):
    (found,) = [each for each in parent.findChildren(kind) if each.isVisible()]
    return found


def give(dialog, code, phrase):
    choose(dialog, code)
    dialog.give.click()
    asks = child(dialog, PassphraseDialog)
    asks.new.setText(phrase)
    asks.again.setText(phrase)
    asks.accept()


def test_a_personal_pass_phrase_leads_straight_to_the_list(boss):
    assert boss.window.pages.currentWidget() is boss.window.queue
    assert boss.study.project.person_id == boss.study.people["S1"]


def test_everybody_is_shown_with_the_way_in(dialog, study):
    assert states(dialog) == {"R1": "the shared one", "R2": "the shared one", "S1": "of their own"}
    give(dialog, "R1", FIRST)
    assert "first" in states(dialog)["R1"]
    assert study.project.unlock(FIRST).name == study.people["R1"]
    assert "no recovery key" in dialog.summary.text()


def test_two_that_differ_or_are_short_are_refused(dialog, study):
    choose(dialog, "R1")
    dialog.give.click()
    asks = child(dialog, PassphraseDialog)
    for new, again, words in ((FIRST, OWN, "differ"), ("short", "short", "fewer than")):
        asks.new.setText(new)
        asks.again.setText(again)
        asks.accept()
        assert asks.isVisible()
        assert words in asks.complaint.text()
    asks.reject()
    assert study.people["R1"] not in study.project.ring.names()


def test_removing_somebody_shuts_her_out(dialog, study, qtbot):
    give(dialog, "R1", FIRST)
    choose(dialog, "R1")
    dialog.remove.click()
    asks = child(dialog, RekeyDialog)
    asks.accept()
    asks.reject()
    qtbot.waitUntil(lambda: "R1" not in states(dialog), timeout=20_000)
    with pytest.raises(UserError, match="does not open"):
        study.project.unlock(FIRST)
    assert study.project.unlock(S1)
    assert study.project.sound()
    choose(dialog, "S1")
    assert not dialog.remove.isEnabled()


def test_the_shared_one_is_ended_and_says_who_is_shut_out(dialog, study, qtbot):
    dialog.end.click()
    asks = child(dialog, RekeyDialog)
    asks.accept()
    qtbot.waitUntil(lambda: SHARED not in study.project.ring.names(), timeout=20_000)
    qtbot.waitUntil(lambda: not dialog.end.isEnabled())
    assert states(dialog)["R1"].startswith("none")


def test_a_refused_re_key_is_said_and_changes_nothing(dialog, study):
    dialog.rekey.click()
    asks = child(dialog, RekeyDialog)
    with study.project.file.copying:
        asks.accept()
    assert "backup" in asks.report.text()
    assert asks.isVisible()
    asks.reject()
    assert study.ask(people.roster)


def test_the_window_closed_during_a_re_key_leaves_a_whole_study(dialog, boss, study):
    dialog.rekey.click()
    child(dialog, RekeyDialog).accept()
    boss.window.close()
    with Project.open(study.folder, S1) as project:
        assert project.sound()


def test_a_recovery_key_that_is_not_typed_back_is_none(dialog, study):
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    asks.group.setText("XXXXX")
    asks.accept()
    assert asks.isVisible()
    asks.reject()
    assert RECOVERY not in study.project.ring.names()


def test_the_recovery_key_before_stays_until_the_new_one_is_typed_back(dialog, study):
    before = access.new_recovery_key(study.project)
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    # A kill in this moment leaves the same.
    assert study.project.unlock(before).name == RECOVERY
    asks.reject()
    assert study.project.unlock(before).name == RECOVERY
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    asks.group.setText(asks.key.split("-")[asks._asked])
    asks.accept()
    assert study.project.unlock(asks.key).name == RECOVERY
    with pytest.raises(UserError, match="does not open"):
        study.project.unlock(before)


def test_the_recovery_key_can_be_copied_and_printed_and_leaves_the_clipboard(dialog, study, tmp_path):
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    asks.copy.click()
    assert QGuiApplication.clipboard().text() == asks.key
    asks.save_to(tmp_path / "key.pdf")
    assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")
    asks.save_to(tmp_path / "no-folder" / "key.pdf")
    assert "folder" in asks.complaint.text()
    asks.group.setText(asks.key.split("-")[asks._asked].lower())
    asks.accept()
    assert QGuiApplication.clipboard().text() != asks.key
    assert RECOVERY in study.project.ring.names()


def test_the_recovery_key_is_printed_with_the_numbers_of_its_groups(dialog, tmp_path, monkeypatch):
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    asks.print.click()
    assert "No printer" in asks.complaint.text()
    paper = QPrinter(QPrinter.PrinterMode.HighResolution)
    paper.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    paper.setOutputFileName(str(tmp_path / "paper.pdf"))
    asks.print_on(paper)
    assert "Sent" in asks.complaint.text()
    words = text_of(tmp_path / "paper.pdf").split()
    groups = asks.key.split("-")
    assert [word for word in words if word in groups] == groups
    assert {str(nth) for nth in range(1, 9)} <= set(words)


def test_a_printer_is_chosen_where_there_is_one(dialog, monkeypatch):
    dialog.recovery.click()
    asks = child(dialog, RecoveryDialog)
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", lambda: ["in the office"])
    asks.print.click()
    chooses = child(asks, QPrintDialog)
    chooses.reject()


def test_changes_after_the_dialog_is_gone_reach_nobody(boss, study, qtbot):
    made = AccessDialog(boss.window._bench, boss.window)
    made.open()
    with qtbot.waitSignal(made.destroyed, timeout=20_000):
        made.reject()
    boss.window._bench.changed.emit(frozenset({"person"}))


def test_a_person_is_added_with_a_first_pass_phrase(boss, study):
    made = PersonDialog(boss.window._bench, boss.window)
    made.open()
    made.code.setText("R9")
    made.phrase.setText(FIRST)
    made.again.setText("something else")
    made.accept()
    assert "differ" in made.complaint.text()
    made.again.setText(FIRST)
    made.accept()
    member = next(each for each in study.ask(people.roster) if each.code == "R9")
    assert study.project.unlock(FIRST).name == member.id


def test_a_coder_finds_no_way_to_it(window):
    with pytest.raises(UserError, match="Only a supervisor"):
        AccessDialog(window.window._bench, window.window)


@pytest.fixture
def front(study, settings, qtbot, qapp):
    """The start page, with the study closed; R1 has a first pass phrase."""
    study.sign_in("S1")
    access.change_own(study.project, PASSPHRASE, S1)
    access.give_passphrase(study.project, study.people["R1"], FIRST)
    study.key = access.new_recovery_key(study.project)
    study.project.close()
    return front_window(settings, qtbot, qapp)


def open_with(front, folder, phrase):
    front.start.ask_phrase(folder)
    front.start.passphrase.setFocus()
    write(phrase)
    press(Key.Key_Return)


def test_a_first_pass_phrase_is_changed_by_keyboard_before_the_list_is_shown(front, study):
    open_with(front, study.folder, FIRST)
    assert front.start.new_phrase.isVisible()
    write(OWN)
    press(Key.Key_Return)
    write("another one")
    press(Key.Key_Return)
    assert "differ" in front.start.message.text()
    write(OWN)
    press(Key.Key_Tab)
    QApplication.focusWidget().selectAll()
    write(OWN)
    press(Key.Key_Return)
    assert front.pages.currentWidget() is front.queue
    front.close()
    with Project.open(study.folder, OWN) as project:
        assert project.holder == study.people["R1"]
    for field in (front.start.passphrase, front.start.new_phrase.phrase, front.start.new_phrase.again):
        assert field.text() == ""


def test_not_choosing_one_closes_the_study(front, study):
    open_with(front, study.folder, FIRST)
    front.start.new_phrase.back.click()
    assert front.start.which.isVisible()
    Project.refuse_if_open(study.folder)


def test_the_recovery_key_in_the_same_field_gives_a_supervisor_a_new_one(front, study):
    open_with(front, study.folder, study.key.lower().replace("-", " "))
    assert front.start.new_phrase.isVisible()
    assert front.start.new_phrase.who.currentText() == "S1"
    assert front.start.new_phrase.who.count() == 1
    write(OWN)
    press(Key.Key_Return)
    write(OWN)
    press(Key.Key_Return)
    assert front.pages.currentWidget() is front.queue
    assert front.current_project().person_id == study.people["S1"]
    front.close()
    with pytest.raises(UserError, match="does not open"):
        Project.open(study.folder, S1)


def test_a_mistyped_recovery_key_names_its_group(front, study):
    wrong = study.key[:-1] + ("2" if study.key[-1] != "2" else "3")
    open_with(front, study.folder, wrong)
    assert "group 8 is mistyped" in front.start.message.text()


def test_after_three_wrong_ones_the_button_shows_the_wait(front, study):
    open_with(front, study.folder, "not the right one")
    for _ in range(2):
        press(Key.Key_Return)
    assert not front.start.unlock_button.isEnabled()
    assert "Open in 5 s" in front.start.unlock_button.text()
    press(Key.Key_Return)
    assert "does not open" in front.start.message.text()


def test_somebody_else_opens_it_with_her_own(front, study):
    open_with(front, study.folder, S1)
    front.queue.switch.click()
    assert front.start.phrase.isVisible()
    Project.refuse_if_open(study.folder)


def test_ones_own_is_changed_from_the_list_by_keyboard(front, study, qtbot):
    open_with(front, study.folder, S1)
    front.queue.phrase.setFocus()
    press(Key.Key_Return)
    asks = front.findChild(PassphraseDialog)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is asks)
    for text in ("not the right one", OWN, OWN):
        write(text)
        press(Key.Key_Tab)
    asks.accept()
    assert "does not open" in asks.complaint.text()
    asks.old.setText(S1)
    asks.accept()
    assert study.people["S1"] == front.current_project().unlock(OWN).name
    assert not [each for each in front.findChildren(QDialog) if each.isVisible()]
