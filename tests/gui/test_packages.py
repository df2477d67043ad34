"""A whole round trip through windows: a supervisor and two coders, each on a computer of her own."""

import os
from datetime import UTC, date, datetime

import pytest

from mio_fidelity.coding import access, conflicts, rate
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.coding.retention import Retention, set_retention
from mio_fidelity.gui import places
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.conflict_dialog import ConflictDialog
from mio_fidelity.gui.package_dialogs import PackageDialog, ReturnDialog, UnpackDialog
from mio_fidelity.gui.restore_dialog import RestoreDialog
from mio_fidelity.gui.take_in_dialog import TakeInDialog
from mio_fidelity.store import Purpose
from mio_fidelity.store.backups import back_up
from tests.coding.packed import work
from tests.conftest import SECRETS
from tests.gui.conftest import QUIET
from tests.gui.front import button
from tests.gui.seats import OWN, PHRASE, Seat, shown, visible
from tests.gui.walk import all_widgets, texts

pytestmark = QUIET


@pytest.fixture
def home(window):
    """The supervisor at home, with two sessions of work for each coder."""
    study = window.study
    window.hers = study.assign("R2", Purpose.RELIABILITY)
    study.sign_in("S1")
    window.window._show_queue()
    window.window.go(places.STUDY)
    page = window.window.pages.currentWidget()
    page.show_table("packages")
    window.wait(lambda: "packages" in page._found, 20_000)
    window.study_page = page
    return window


def pack(home, code, file, qtbot):
    """Hand out to somebody, through the dialog."""
    button(home.study_page, "Make a package").click()
    qtbot.waitUntil(lambda: bool(visible(home.window, PackageDialog)), timeout=20_000)
    (dialog,) = visible(home.window, PackageDialog)
    dialog.person.setCurrentText(code)
    for field in (dialog.phrase, dialog.again):
        field.setText(PHRASE)
    dialog.target.setText(str(file))
    dialog.go.click()
    home.wait(lambda: "✔" in dialog.report.text(), 20_000)
    shown(dialog, f"make-{code}")
    dialog.go.click()
    return file


def take_in(home, file, qtbot):
    """Look, take in; the dialog, as it ends."""
    button(home.study_page, "Take in").click()
    qtbot.waitUntil(lambda: bool(visible(home.window, TakeInDialog)), timeout=20_000)
    (dialog,) = visible(home.window, TakeInDialog)
    dialog.file.setText(str(file))
    dialog.go.click()
    home.wait(lambda: dialog.go.text() != "Look" and not dialog.busy, 20_000)
    shown(dialog, f"look-{file.stem}")
    if dialog.go.text() == "Take it in":
        dialog.go.click()
        home.wait(lambda: dialog.go.text() == "Done" and not dialog.busy, 20_000)
    return dialog


def test_two_coders_work_elsewhere_and_their_work_comes_together(home, tmp_path, qtbot, qapp):
    study = home.study
    files = {code: pack(home, code, tmp_path / f"{code}.miopack", qtbot) for code in ("R1", "R2")}
    seats = {}
    for code, ids in (("R1", [study.rating_id]), ("R2", [home.hers])):
        seat = seats[code] = Seat(code, tmp_path, qtbot)
        seat.unpack(files[code])
        assert [row.rating_id for row in seat.window.queue.model.rows] == ids
        assert secrets_in(seat.window) == []
        shown(seat.window, f"queue-{code}")
        seat.window.queue.chosen.emit(ids[0])
        seat.wait(lambda seat=seat: seat.window.pages.currentWidget() is seat.window.coding)
        seat.wait(lambda seat=seat: seat.window.coding.listening.player.duration_ms)
        shown(seat.window, f"rating-{code}")
        work(seat.bench.project, ids[0], 3 if code == "R1" else 5, submit=code == "R1")
        back = seat.give_back("work")
        dialog = take_in(home, back, qtbot)
        assert "1 new" in dialog.heading.text()
        dialog.go.click()
        there = seat.bench.ask(contents_of, ids)
        assert study.ask(contents_of, ids) == there
        seat.window.close()
    found = home.study_page
    found._read_anew()
    home.wait(lambda: found.view.model.rowCount() == 2 and not found._job, 20_000)
    shown(home.window, "packages")


def test_a_wrong_clock_elsewhere_is_said_before_anything_is_taken_in(home, tmp_path, qtbot, monkeypatch):
    file = pack(home, "R1", tmp_path / "R1.miopack", qtbot)
    seat = Seat("R1", tmp_path, qtbot)
    seat.unpack(file)
    with monkeypatch.context() as there:
        there.setattr(rate, "now", lambda: datetime(1999, 12, 31, tzinfo=UTC))
        work(seat.bench.project, home.study.rating_id, 3, submit=True)
    dialog = take_in(home, seat.give_back("work"), qtbot)
    assert "▲ 1 of them was begun before it was given" in dialog.facts.text()
    assert "clock" in dialog.facts.text()
    dialog.go.click()
    seat.window.close()


def test_how_long_recordings_may_be_kept_is_said_where_work_is_returned(home, tmp_path, qtbot):
    home.study.do(set_retention, Retention(until=date(2040, 3, 4)))
    seat = Seat("R1", tmp_path, qtbot)
    seat.unpack(pack(home, "R1", tmp_path / "R1.miopack", qtbot))
    seat.window.go(places.QUEUE)
    button(seat.window.queue, "Return my work").click()
    dialog = seat.dialog(ReturnDialog)
    assert dialog.kept.isVisible()
    assert "2040" in dialog.kept.text()
    shown(dialog, "return-kept")
    dialog.reject()
    seat.window.close()


def test_a_conflict_is_seen_side_by_side_and_settled(home, tmp_path, qtbot):
    study, file = home.study, pack(home, "R1", tmp_path / "R1.miopack", qtbot)
    seat = Seat("R1", tmp_path, qtbot)
    seat.unpack(file)
    work(seat.bench.project, study.rating_id, 3, submit=True, notes="on the laptop")
    back = seat.give_back("work")
    study.sign_in("R1")
    work(study.project, study.rating_id, 6, submit=True, notes="at home")
    study.sign_in("S1")
    taking = take_in(home, back, qtbot)
    assert taking.rows.item(0).text().startswith("▲")
    taking.conflicts.click()
    qtbot.waitUntil(lambda: bool(visible(home.window, ConflictDialog)), timeout=20_000)
    (dialog,) = visible(home.window, ConflictDialog)
    shown(dialog, "conflict")
    row = [dialog.table.item(1, column).text() for column in range(3)]
    assert row[1].startswith("6 ·")
    assert row[2].startswith("3 ·")
    button(dialog, "Take what came back").click()
    qtbot.waitUntil(lambda: not visible(home.window, ConflictDialog), timeout=20_000)
    assert study.ask(conflicts.waiting) == ()
    values = {
        score["value"] for score in study.ask(contents_of, [study.rating_id])[study.rating_id]["scores"]
    }
    assert 3 in values
    assert 6 not in values


def test_what_is_out_is_begun_at_home_only_after_a_warning(home, tmp_path, qtbot):
    pack(home, "R1", tmp_path / "R1.miopack", qtbot)
    home.study.sign_in("R1")
    home.window._show_queue()
    queue = home.window.queue
    assert queue.model.index(0, 2).data().startswith("⇄")
    queue.foot.primary.click()
    (asks,) = visible(home.window, AskDialog)
    assert home.window.pages.currentWidget() is queue
    shown(home.window, "warning")
    asks.accept()
    home.wait(lambda: home.window.pages.currentWidget() is home.window.coding)


def test_her_own_pass_phrase_opens_the_package(home, tmp_path, qtbot):
    study = home.study
    access.give_passphrase(study.project, study.people["R1"], OWN)
    button(home.study_page, "Make a package").click()
    qtbot.waitUntil(lambda: bool(visible(home.window, PackageDialog)), timeout=20_000)
    (dialog,) = visible(home.window, PackageDialog)
    dialog.person.setCurrentText("R1")
    assert not dialog.phrase.isVisible()
    dialog.target.setText(str(tmp_path / "R1"))
    dialog.go.click()
    home.wait(lambda: "✔" in dialog.report.text(), 20_000)
    assert (tmp_path / "R1.miopack").is_file()
    dialog.go.click()


def test_nothing_is_done_with_a_file_that_is_no_work(home, tmp_path, qtbot):
    bad = tmp_path / "bad.mioback"
    bad.write_bytes(b"MIO return 1\n" + b"0" * 4000)
    button(home.study_page, "Take in").click()
    qtbot.waitUntil(lambda: bool(visible(home.window, TakeInDialog)), timeout=20_000)
    (dialog,) = visible(home.window, TakeInDialog)
    dialog.go.click()
    assert dialog.report.text().startswith("▲")
    dialog.file.setText(str(bad))
    dialog.go.click()
    home.wait(lambda: "another study" in dialog.report.text(), 20_000)
    assert dialog.go.text() == "Look"
    dialog.reject()


def test_a_file_that_changed_after_it_was_looked_at_is_looked_at_again(home, tmp_path, qtbot, qapp):
    seat = Seat("R1", tmp_path, qtbot)
    seat.unpack(pack(home, "R1", tmp_path / "R1.miopack", qtbot))
    work(seat.bench.project, home.study.rating_id, 3)
    first = seat.give_back("first")
    work(seat.bench.project, home.study.rating_id, 5)
    second = seat.give_back("second")
    there = seat.bench.ask(contents_of, [home.study.rating_id])
    seat.window.close()
    button(home.study_page, "Take in").click()
    home.wait(lambda: visible(home.window, TakeInDialog), 60_000)
    (dialog,) = visible(home.window, TakeInDialog)
    dialog.file.setText(str(first))
    dialog.go.click()
    home.wait(lambda: dialog.go.text() == "Take it in" and not dialog.busy, 60_000)
    os.replace(second, first)
    dialog.go.click()
    home.wait(lambda: "Look again" in dialog.report.text(), 60_000)
    assert dialog.go.text() == "Look"
    assert not dialog.rows.isVisible()
    shown(dialog, "changed-meanwhile")
    for says in ("Take it in", "Done"):
        dialog.go.click()
        home.wait(lambda says=says: dialog.go.text() == says and not dialog.busy, 60_000)
    assert home.study.ask(contents_of, [home.study.rating_id]) == there
    dialog.go.click()


def test_going_back_says_that_packages_made_since_stay_known(home, tmp_path, qtbot):
    back_up(home.study.project.file)
    pack(home, "R1", tmp_path / "R1.miopack", qtbot)
    home.window.care.show_backups()
    (dialog,) = visible(home.window, RestoreDialog)
    dialog.table.selectRow(dialog.table.rowCount() - 1)
    dialog.look.click()
    home.wait(dialog.go.isEnabled, 60_000)
    assert "Coder packages made since: 1." in dialog.lost.text()
    shown(dialog, "going-back")
    dialog.reject()


def test_a_damaged_package_is_refused_in_the_window(tmp_path, qtbot, qapp):
    seat = Seat("R1", tmp_path, qtbot)
    bad = tmp_path / "bad.miopack"
    bad.write_bytes(b"MIO package 1\n" + b"\0" * 10 + b"1234")
    seat.window.start.ask_phrase(bad)
    dialog = seat.dialog(UnpackDialog)
    dialog.target.setText(str(tmp_path / "new"))
    dialog.go.click()
    seat.wait(lambda: "damaged" in dialog.report.text())
    assert not (tmp_path / "new").exists()
    dialog.reject()


def test_a_package_is_revoked_from_the_list(home, tmp_path, qtbot):
    pack(home, "R1", tmp_path / "R1.miopack", qtbot)
    page = home.study_page
    home.wait(lambda: page.view.model.rowCount() == 1, 60_000)

    def can_be_revoked():
        # Read anew after a change, the table has lost what was chosen.
        page.view.table.selectRow(0)
        return button(page, "Revoke").isEnabled()

    home.wait(can_be_revoked, 60_000)
    button(page, "Revoke").click()
    (asks,) = visible(home.window, AskDialog)
    asks.accept()
    home.wait(lambda: page.view.model.index(0, 2).data() == "revoked", 60_000)


def secrets_in(window):
    """What the window says that a coder must not know."""
    said = [text.lower() for each in all_widgets(window) for _, text in texts(each) if text]
    # The guide names what a rating may be for.
    hidden = [secret.lower() for secret in SECRETS if secret != "production"]
    return [secret for secret in hidden if any(secret in text for text in said)]
