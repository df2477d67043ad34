"""Recordings are removed through the window: what is shown before, the word, what is said after."""

from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt

from mio_fidelity.answer import rated
from mio_fidelity.coding import meetings, rate, retention
from mio_fidelity.coding.removal import Words
from mio_fidelity.coding.retention import Retention
from mio_fidelity.gui.removal_dialog import RemovalDialog
from mio_fidelity.gui.retention_dialogs import ConsentDialog, KeepDialog, RetentionDialog
from tests.coding.test_removal import everywhere, outside
from tests.gui.conftest import QUIET, Coder
from tests.gui.front import button, press, write
from tests.gui.test_vault_dialog import in_front, study_page, take_in

pytestmark = QUIET


def removal_of(window: Coder, page: Any) -> RemovalDialog:
    """The dialog for what is chosen in the table."""
    button(page, "Remove…").setFocus()
    press(Qt.Key.Key_Space)
    found: RemovalDialog = in_front(window, page, RemovalDialog)
    return found


def test_nothing_goes_before_the_word_is_typed(window: Coder) -> None:
    take_in(window)
    page = study_page(window)
    page.view.table.selectRow(0)
    dialog = removal_of(window, page)
    assert "Sessions: 1. Files: 1 (" in dialog.goes.text()
    assert "of them in the vault: 1," in dialog.goes.text()
    assert not dialog.go.isEnabled()
    window.wait(dialog.word.hasFocus)
    press(Qt.Key.Key_Return)
    write("remov")
    press(Qt.Key.Key_Return)
    assert list((window.study.folder / "vault").iterdir())
    write("e")
    press(Qt.Key.Key_Return)
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    assert "Recordings removed: 1; files deleted: 1." in dialog.report.text()
    assert not list((window.study.folder / "vault").iterdir())
    assert not dialog.go.isEnabled(), "not twice"
    press(Qt.Key.Key_Escape)
    window.wait(lambda: not dialog.isVisible())
    window.wait(lambda: page._job is None, 10_000)
    kept = page.view.model.listing.at("kept")
    window.wait(lambda: page.view.model.index(0, kept).data() == "removed", 10_000)


def test_the_form_says_kindly_that_the_recording_was_removed(window: Coder) -> None:
    window.study.submit()
    page = study_page(window)
    page.view.table.selectRow(0)
    dialog = removal_of(window, page)
    write("remove")
    press(Qt.Key.Key_Return)
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    dialog.close()
    window.window.activateWindow()
    window.wait(window.window.isActiveWindow)
    window.window.start.signed_in.emit(window.study.people["R1"])
    window.window.queue.chosen.emit(window.study.rating_id)
    window.wait(lambda: "was removed from the study" in window.page.waveform._scene.message)
    assert len(window.desk.answers) == 20
    assert not list((window.study.folder / "peaks").iterdir())
    window.press(Qt.Key.Key_Space)
    assert window.player.state.name == "EMPTY"


def test_words_that_are_unticked_stay(window: Coder) -> None:
    window.study.do(rate.set_notes, window.study.rating_id, "qzxj-note")
    window.study.do(rate.mark_evidence, window.study.rating_id, "warm_regard", 10, "qzxj-mark")
    page = study_page(window)
    page.view.table.selectRow(0)
    dialog = removal_of(window, page)
    assert ": 1 now" in dialog.words[Words.NOTES].text()
    dialog.words[Words.NOTES].setChecked(False)
    later = (Words.AMENDMENTS, Words.RETURNED, Words.MEETINGS)
    assert [kind for kind in later if dialog.words[kind].isVisible()] == [], "there are none"
    dialog.word.setText("Remove ")
    dialog.accept()
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    held = everywhere(window.study)
    assert "qzxj-note" in held
    assert "qzxj-mark" not in held
    dialog.close()


def test_minutes_go_only_when_that_is_ticked(window: Coder) -> None:
    window.study.submit()
    window.study.do(rate.amend, window.study.rating_id, "warm_regard", {"fidelity": rated(5)}, "qzxj-why")
    window.study.sign_in("S1")
    held = window.study.do(meetings.hold, date(2026, 1, 5))
    window.study.do(meetings.set_sessions, held, [window.study.session_id])
    window.study.do(meetings.set_notes, held, "qzxj-minutes")
    page = study_page(window)
    page.view.table.selectRow(0)
    dialog = removal_of(window, page)
    shown = [kind for kind, box in dialog.words.items() if box.isVisible()]
    assert shown == [Words.MARKS, Words.NOTES, Words.REASONS, Words.AMENDMENTS, Words.MEETINGS]
    assert "(meetings: 1)" in dialog.words[Words.MEETINGS].text()
    assert not dialog.words[Words.MEETINGS].isChecked()
    dialog.word.setText("remove")
    dialog.accept()
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    held = everywhere(window.study)
    assert ("qzxj-why" in held, "qzxj-minutes" in held) == (False, True)
    dialog.close()


def test_files_outside_are_listed_for_whoever_has_to_delete_them(window: Coder, tmp_path: Any) -> None:
    outside(window.study, tmp_path / "far-away.wav")
    page = study_page(window)
    page.view.table.selectAll()
    dialog = removal_of(window, page)
    assert "far-away.wav" in dialog.files.item(0).text()
    dialog.outside.setChecked(True)
    assert not dialog.files.isVisible()
    dialog.outside.setChecked(False)
    dialog.word.setText("remove")
    dialog.accept()
    window.wait(lambda: not dialog.busy and "▲" in dialog.report.text(), 20_000)
    assert "far-away.wav" in dialog.files.item(0).text()
    assert (tmp_path / "far-away.wav").is_file()
    dialog.close()


def test_the_rule_is_set_and_shown_again(window: Coder) -> None:
    page = study_page(window, "removal")
    button(page, "How long").setFocus()
    press(Qt.Key.Key_Space)
    dialog = page.findChild(RetentionDialog)
    assert dialog.for_ever.isChecked()
    dialog.for_years.setChecked(True)
    dialog.years.setValue(7)
    button(dialog, "Set").click()
    assert window.study.ask(retention.retention) == Retention(years=7)
    again = RetentionDialog(window.window._bench)
    window.qtbot.addWidget(again)
    assert (again.for_years.isChecked(), again.years.value()) == (True, 7)
    again.until_day.setChecked(True)
    again.until.setDate(QDate(2020, 1, 31))
    again.accept()
    assert window.study.ask(retention.retention) == Retention(until=date(2020, 1, 31))
    window.wait(lambda: page._job is None and len(page._found["removal"].rows) == 1, 10_000)


def test_recordings_get_a_day_of_their_own(window: Coder) -> None:
    page = study_page(window)
    page.view.table.selectRow(0)
    button(page, "Keep until").setFocus()
    press(Qt.Key.Key_Space)
    window.wait(lambda: page.findChildren(KeepDialog))
    (dialog,) = page.findChildren(KeepDialog)
    assert (dialog.by_rule.isChecked(), dialog.day.isEnabled()) == (True, False)
    dialog.own.setChecked(True)
    dialog.day.setDate(QDate(2020, 1, 31))
    button(dialog, "Set").click()
    session = window.study.session_id
    assert window.study.ask(retention.own_day, [session]) == date(2020, 1, 31)
    until = page.view.model.listing.at("keep_until")
    window.wait(lambda: page.view.model.index(0, until).data() == "2020-01-31", 20_000)
    page.show_table("removal")
    window.wait(lambda: page._job is None and page._found["removal"].ids == [session], 20_000)
    again = KeepDialog(window.window._bench, [session])
    window.qtbot.addWidget(again)
    assert (again.own.isChecked(), again.day.date()) == (True, QDate(2020, 1, 31))
    again.by_rule.setChecked(True)
    again.accept()
    assert window.study.ask(retention.own_day, [session]) is None


def test_who_withdraws_is_heard_no_more_and_shown_what_can_go(window: Coder) -> None:
    page = study_page(window, "clients")
    page.view.table.selectRow(0)
    button(page, "Consent withdrawn").setFocus()
    press(Qt.Key.Key_Space)
    window.wait(lambda: page.findChildren(ConsentDialog))
    button(page.findChild(ConsentDialog), "Withdrawn").click()
    dialog = in_front(window, page, RemovalDialog)
    assert "Sessions: 1." in dialog.goes.text()
    dialog.close()
    window.window.start.signed_in.emit(window.study.people["R1"])
    window.window.queue.chosen.emit(window.study.rating_id)
    window.wait(lambda: "was removed from the study" in window.page.waveform._scene.message)
