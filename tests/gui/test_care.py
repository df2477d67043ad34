"""The open study's file is looked after: backups, the check, what is to be said, going back, saving."""

import json
import os
import shutil
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from mio_fidelity.gui import places
from mio_fidelity.gui.restore_dialog import RestoreDialog
from mio_fidelity.gui.salvage_dialog import SalvageDialog
from mio_fidelity.store import Project
from mio_fidelity.store.backups import Kind, back_up, list_backups, verify
from mio_fidelity.store.keys import SHARED
from tests.conftest import PASSPHRASE
from tests.gui.front import QUIET, button, front_window, press, write

pytestmark = QUIET
Key = Qt.Key


def backed_up(window):
    """Wait until the backup after opening was made."""
    care = window.window.care
    with window.qtbot.waitSignal(care.backed_up, timeout=10_000):
        care.back_up(then_check=True)


def notice(window):
    """What the strip says; nothing when it is not in sight."""
    strip = window.window.care.notices
    return strip.sentence.text() if strip.isVisible() else ""


def dialog(window, kind):
    found = [each for each in window.findChildren(kind) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def test_a_backup_is_made_after_opening_and_at_closing(window, study):
    window.window.care._first.setInterval(0)
    window.window.care._first.start()
    window.wait(lambda: list_backups(study.folder), 10_000)
    study.do(rate.set_notes, study.rating_id, "changed")
    key = study.project.file.key
    window.window.close()
    made = list_backups(study.folder)
    assert len(made) == 2
    for backup in made:
        verify(backup.path, key)


def test_a_backup_is_made_every_half_hour_of_work(window, study):
    care = window.window.care
    assert care._backups.isActive()
    assert care._backups.interval() == 30 * 60_000
    with window.qtbot.waitSignal(care.backed_up, timeout=10_000):
        care._backups.timeout.emit()
    assert len(list_backups(study.folder)) == 1
    with window.qtbot.waitSignal(care.backed_up, timeout=10_000):
        care._backups.timeout.emit()
    assert len(list_backups(study.folder)) == 1


def test_the_whole_file_is_checked_after_opening_and_damage_is_said(window, study):
    with window.qtbot.waitSignal(window.window.care.checked, timeout=10_000) as sound:
        window.window.care.back_up(then_check=True)
    assert sound.args == [True]
    assert notice(window) == ""
    ((page,),) = study.sql("SELECT rootpage FROM sqlite_master WHERE name = 'amendment'")
    study.reopen()
    with (study.folder / "study.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 100)
        file.write(bytes(64))
    window.window.show_project(study.project)
    window.window.start.signed_in.emit(study.people["R1"])
    with window.qtbot.waitSignal(window.window.care.checked, timeout=10_000) as sound:
        window.window.care.back_up(then_check=True)
    assert sound.args == [False]
    assert "damaged" in notice(window)
    assert button(window.window.care.notices, "Save what is readable")


def test_a_key_shows_the_backups_to_the_supervisor_alone(window, study):
    main, ctrl = window.window, Qt.KeyboardModifier.ControlModifier
    window.open()
    press(Key.Key_B, mod=ctrl)
    assert not main.findChildren(RestoreDialog)
    assert not main.queue.backups.isVisibleTo(main.queue)
    study.sign_in("S1")
    main.go(places.QUEUE)
    assert main.queue.backups.isVisible()
    press(Key.Key_B, mod=ctrl)
    dialog(main, RestoreDialog).reject()
    main.lock.lock()
    press(Key.Key_B, mod=ctrl)
    assert not [each for each in main.findChildren(RestoreDialog) if each.isVisible()]


def test_closing_does_not_wait_for_a_check_that_goes_on(window, study):
    window.window.care.back_up(then_check=True)
    window.window.close()
    assert not window.window.care.busy
    Project.open(study.folder, PASSPHRASE).close()


def test_a_backup_that_fails_is_said_and_work_goes_on(window, study, monkeypatch):
    monkeypatch.setattr("mio_fidelity.store.backups.SPARE_BYTES", 1 << 60)
    backed_up(window)
    assert "no room" in notice(window)
    window.open()
    study.set("warm_regard", "fidelity", rated(4))
    monkeypatch.undo()
    backed_up(window)
    assert notice(window) == ""


def test_a_risky_place_is_said_until_it_is_accepted(settings, study, tmp_path, qtbot, qapp):
    study.project.close()
    place = tmp_path / "Dropbox" / "study"
    place.parent.mkdir()
    shutil.move(study.folder, place)
    for accepted in (False, True):
        study.project = Project.open(place, PASSPHRASE)
        front = front_window(settings, qtbot, qapp)
        front.show_project(study.project)
        strip = front.care.notices
        assert strip.isVisible() is not accepted
        if not accepted:
            assert "Dropbox" in strip.sentence.text()
            button(strip, "Do not warn again").click()
            assert not strip.isVisible()
        front.close()
    assert str(place) not in json.dumps(settings._values["places_accepted"])


class Ahead(datetime):
    """A clock that is years ahead."""

    @classmethod
    def now(cls, tz=None):
        return cls(2090, 1, 1, tzinfo=tz)


def test_a_clock_that_was_set_back_is_said(window, study, monkeypatch):
    monkeypatch.setattr("mio_fidelity.store.history.datetime", Ahead)
    study.set("warm_regard", "fidelity", rated(4))
    monkeypatch.undo()
    study.reopen()
    window.window.show_project(study.project)
    assert "clock is behind" in notice(window)
    assert "2090-01-01" in notice(window)
    button(window.window.care.notices, "Put away").click()
    assert notice(window) == ""


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be taken away on this system")
def test_a_study_taken_away_is_said_and_saved_elsewhere(coder, study, tmp_path, monkeypatch):
    coder.press("4")
    study.folder.joinpath("study.db").unlink()
    coder.press("6")
    coder.wait(lambda: "moved, deleted or replaced" in notice(coder))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "saved"), ""))
    button(coder.window.care.notices, "Save a copy").click()
    assert "copy is saved" in notice(coder)
    with Project.open(tmp_path / "saved", PASSPHRASE) as saved:
        assert saved.sound()


@pytest.fixture
def changed(study):
    """A closed study with a backup, and a score given since; R1 has begun."""
    study.do(rate.begin, study.rating_id)
    study.set("warm_regard", "fidelity", rated(4))
    assert back_up(study.project.file)
    study.set("warm_regard", "fidelity", rated(6))
    study.project.close()
    return study


def restored(front, study, qtbot):
    """Look into the backup that is chosen and go back to it."""
    shown = dialog(front, RestoreDialog)
    assert not shown.go.isEnabled()
    shown.look.click()
    qtbot.waitUntil(lambda: shown.go.isEnabled(), timeout=10_000)
    assert shown.inside.text().startswith("Sessions: 1. People: ")
    assert ", begun: 1, not begun: 0." in shown.inside.text()
    said = shown.lost.text()
    shown.go.click()
    qtbot.waitUntil(lambda: "as it was then" in shown.report.text(), timeout=10_000)
    assert "key of then" not in shown.report.text()
    shown.stop.click()
    study.project = Project.open(study.folder, PASSPHRASE)
    study.sign_in("R1")
    return said


def test_a_study_goes_back_to_a_backup_from_the_start_page(changed, settings, qtbot, qapp):
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(changed.folder)
    front.start.backups_button.click()
    dialog(front, RestoreDialog).passphrase.setText(PASSPHRASE)
    assert "scores given or changed: 1;" in restored(front, changed, qtbot)
    assert changed.answer("warm_regard", "fidelity") == rated(4)


def test_a_deleted_study_says_that_there_are_backups_and_goes_back(changed, settings, qtbot, qapp):
    (changed.folder / "study.db").unlink()
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(changed.folder)
    write(PASSPHRASE)
    press(Key.Key_Return)
    assert "there are backups" in front.start.message.text()
    front.start.backups_button.click()
    dialog(front, RestoreDialog).passphrase.setText(PASSPHRASE)
    assert "file is gone" in restored(front, changed, qtbot)
    assert changed.answer("warm_regard", "fidelity") == rated(4)


def test_a_supervisor_goes_back_from_the_study_page(changed, settings, qtbot, qapp):
    front = front_window(settings, qtbot, qapp)
    front.open_study(changed.folder, PASSPHRASE)
    qtbot.waitUntil(lambda: front._bench.has_project, timeout=10_000)
    front.start.signed_in.emit(changed.people["S1"])
    front.go(places.STUDY)
    button(front, "Backups").click()
    shown = dialog(front, RestoreDialog)
    assert not shown.passphrase.isVisible()
    restored(front, changed, qtbot)
    assert not front._bench.has_project
    assert front.start.phrase.isVisible()
    assert changed.answer("warm_regard", "fidelity") == rated(4)
    assert changed.audit()[-1].person_id == changed.people["S1"]
    kinds = [each.kind for each in list_backups(changed.folder)]
    assert kinds[0] is Kind.BEFORE


def test_going_back_past_a_new_key_says_that_the_old_one_is_back(changed, settings, qtbot, qapp):
    with Project.open(changed.folder, PASSPHRASE) as project:
        project.sign_in(changed.people["S1"])
        project.rekey([SHARED], lambda _db: None)
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(changed.folder)
    front.start.backups_button.click()
    shown = dialog(front, RestoreDialog)
    shown.table.selectRow(shown.table.rowCount() - 1)
    shown.passphrase.setText(PASSPHRASE)
    shown.look.click()
    qtbot.waitUntil(shown.go.isEnabled, timeout=20_000)
    shown.go.click()
    qtbot.waitUntil(lambda: "as it was then" in shown.report.text(), timeout=20_000)
    assert "has its key of then again" in shown.report.text()


def test_a_wrong_pass_phrase_shows_nothing_of_a_backup(changed, settings, qtbot, qapp):
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(changed.folder)
    front.start.backups_button.click()
    shown = dialog(front, RestoreDialog)
    shown.passphrase.setText("not the right one")
    shown.look.click()
    qtbot.waitUntil(lambda: "does not open" in shown.report.text(), timeout=10_000)
    assert not shown.go.isEnabled()
    assert shown.inside.text() == ""


def test_a_folder_without_backups_says_so(study, settings, qtbot, qapp):
    study.project.close()
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(study.folder)
    front.start.backups_button.click()
    shown = dialog(front, RestoreDialog)
    assert "no backup" in shown.report.text()
    assert not shown.look.isEnabled()


def test_what_is_readable_is_saved_and_the_rest_listed(changed, settings, tmp_path, qtbot, qapp):
    changed.project = Project.open(changed.folder, PASSPHRASE)
    ((page,),) = changed.sql("SELECT rootpage FROM sqlite_master WHERE name = 'score'")
    changed.project.close()
    with (changed.folder / "study.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 100)
        file.write(bytes(64))
    front = front_window(settings, qtbot, qapp)
    front.start.ask_phrase(changed.folder)
    front.start.backups_button.click()
    dialog(front, RestoreDialog).salvage.click()
    shown = dialog(front, SalvageDialog)
    assert shown.target.text() == str(changed.folder.with_name("study-saved"))
    shown.passphrase.setText(PASSPHRASE)
    shown.go.click()
    qtbot.waitUntil(lambda: "not everything" in shown.report.text(), timeout=20_000)
    lines = [shown.tables.item(row).text() for row in range(shown.tables.count())]
    assert any(line.startswith("▲ Scores: 0 saved, 1 could not be read") for line in lines)
    assert any(line.startswith("✔ People: 3 saved") for line in lines)
    shown.go.click()
    assert front.start.phrase.isVisible()
    front.start.passphrase.setText(PASSPHRASE)
    front.start.unlock_button.click()
    qtbot.waitUntil(lambda: front._bench.has_project, timeout=10_000)
    assert front._bench.project.folder.name == "study-saved"


def test_salvage_can_be_stopped(changed, settings, qtbot, qapp):
    front = front_window(settings, qtbot, qapp)
    front.care.show_salvage(changed.folder)
    shown = dialog(front, SalvageDialog)
    shown.passphrase.setText("not the right one")
    shown.go.click()
    shown.stop.click()
    qtbot.waitUntil(lambda: not shown.busy, timeout=10_000)
    assert not changed.folder.with_name("study-saved").exists()
