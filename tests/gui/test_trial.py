"""A small trial from its manifest to a finished consensus, through the windows a supervisor has."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.answer import rated
from mio_fidelity.coding import desk, people, rate
from mio_fidelity.gui import places
from mio_fidelity.gui.assign_dialog import AssignDialog
from mio_fidelity.gui.consensus_dialogs import SubmitConsensusDialog
from mio_fidelity.gui.intake_dialog import IntakeDialog
from mio_fidelity.gui.manifest_dialog import ManifestDialog
from mio_fidelity.store import Db, Role
from tests import media_factory
from tests.gui.conftest import CTRL, QUIET, Coder
from tests.gui.front import button

pytestmark = QUIET
CLIENTS, CODERS = 4, ("R1", "R2", "R3")
HEADER = ("Client", "Session", "Part", "Arm", "Site", "Counselor", "Date", "File")
Key = Qt.Key


class Trial:
    """A supervisor at work, step by step."""

    def __init__(self, window: Coder, folder: Path) -> None:
        self.coder, self.study, self.folder = window, window.study, folder
        self.main: Any = window.window
        self.study.sign_in("S1")
        self.study.people["R3"] = self.study.do(people.add_person, "R3", Role.CODER)
        # What every study of the tests begins with is no part of the trial.
        self.study.sql("UPDATE rating SET withdrawn_at = assigned_at")
        self.study.sql("UPDATE treatment_session SET number = 13")

    def manifest(self) -> Path:
        """Twelve sessions of each client at two sites; of one session two parts."""
        path = self.folder / "manifest.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(HEADER)
            for client in range(CLIENTS):
                for number in range(1, 13):
                    for part in (1, 2) if (client, number) == (0, 2) else (1,):
                        name = f"{client}-{number}-{part}.wav"
                        # Each as long as no other: the same recording cannot stand for two sessions.
                        seconds = 0.5 + (client * 24 + number * 2 + part) / 100
                        media_factory.make(self.folder / name, seconds, "wav")
                        arm, site = ("MIO", "PE")[client % 2], ("North", "South")[client // 2]
                        day = date(2026, 1, 5) + timedelta(weeks=number)
                        rows.writerow(
                            (f"C{client + 1:03}", number, part, arm, site, f"K{client + 1}", day, name)
                        )
        return path

    def sign_in(self, code: str) -> None:
        self.main.start.signed_in.emit(self.study.people[code])

    def go(self, place: str) -> Any:
        self.main.go(place)
        return self.main.pages.currentWidget()

    def dialog(self, kind: type[QDialog], parent: Any) -> Any:
        (found,) = [each for each in parent.findChildren(kind) if each.isVisible()]
        return found

    def wait(self, true: Any, timeout: int = 20_000) -> None:
        self.coder.wait(true, timeout)

    def import_sessions(self) -> None:
        """The manifest, through its dialog."""
        page = self.go(places.STUDY)
        page._open_dialog("sessions")
        dialog = self.dialog(ManifestDialog, page)
        dialog.take_path(self.manifest())
        self.wait(lambda: dialog._job is None)
        assert "bad: 0" in dialog.report.text()
        button(dialog, "Import").click()
        self.wait(lambda: not page.findChildren(ManifestDialog))
        # The files are what comes next; they can wait.
        dialog = self.dialog(IntakeDialog, page)
        self.wait(lambda: dialog._job is None)
        dialog.reject()
        self.wait(lambda: not page.findChildren(IntakeDialog))

    def take_in(self) -> None:
        """All files, through their dialog."""
        page = self.go(places.STUDY)
        page._open_dialog("awaited")
        dialog = self.dialog(IntakeDialog, page)
        self.wait(lambda: dialog._job is None and dialog.go.isEnabled())
        dialog.go.click()
        self.wait(lambda: dialog._job is None, 60_000)
        dialog.reject()
        self.wait(lambda: not page.findChildren(IntakeDialog))

    def assign(self) -> Any:
        """One session of each phase of each client; half of them coded twice."""
        page = self.go(places.PLAN)
        page.terms.share.setValue(50)
        self.wait(lambda: page._drawn is not None and page.foot.primary.isEnabled())
        page.foot.primary.click()
        dialog = self.dialog(AssignDialog, page)
        button(dialog, "Assign").click()
        self.wait(lambda: not page.findChildren(AssignDialog))
        return page

    def rate(self, code: str, value: int) -> int:
        """All that this coder has to do, through the verbs of the form; how many."""
        self.study.sign_in(code)
        rows = [row for row in self.study.ask(desk.queue) if row.progress is desk.Progress.ASSIGNED]
        for nth, row in enumerate(rows):
            self.study.do(rate.begin, row.rating_id)
            self.study.do(answer_all, row.rating_id, value, nth)
            self.study.do(rate.submit, row.rating_id, little_heard=True)
        return len(rows)

    def decide(self) -> Any:
        """The first consensus of the list, by keyboard."""
        self.sign_in("S1")
        page = self.go(places.CONSENSUS)
        self.coder.back()
        self.wait(lambda: page.list.model.rowCount() > 0)
        self.wait(lambda: QApplication.focusWidget() is page.list.table)
        self.press(Key.Key_Return)
        view = page.view
        self.wait(lambda: page.pages.currentWidget() is view and view.form.isVisible())
        self.wait(lambda: view.listening.player.state.name in ("PAUSED", "FAILED", "EMPTY"))
        self.wait(lambda: QApplication.focusWidget() is view.form.slot(*view.form.current))
        while view.now.own.open_slots:
            self.press("5")
            if view.now.unexplained:
                self.press(Key.Key_W)
                self.coder.write("heard again at 00:01")
                self.press(Key.Key_Return)
            else:
                self.press(Key.Key_U)
        return page

    def submit(self, page: Any) -> None:
        """The consensus is final."""
        self.press(Key.Key_Return, mod=CTRL)
        dialog = self.dialog(SubmitConsensusDialog, page)
        self.wait(lambda: QApplication.activeWindow() is dialog)
        self.press(Key.Key_Return)
        self.wait(lambda: page.view.now.own.submitted_at is not None)
        self.coder.back()

    def press(self, *keys: Any, mod: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.coder.press(*keys, mod=mod)


def answer_all(db: Db, rating_id: str, value: int, nth: int) -> None:
    """Something on every slot; now and then a point more."""
    while open_slots := desk.desk(db, rating_id).open_slots:
        more = (len(open_slots) + nth) % 3 == 0
        rate.set_answer(db, rating_id, *open_slots[0], rated(value + more))
        db.flush()


@pytest.fixture
def trial(window: Coder, tmp_path: Path) -> Trial:
    (tmp_path / "trial").mkdir()
    made = Trial(window, tmp_path / "trial")
    made.sign_in("S1")
    return made


def test_from_the_manifest_to_a_finished_consensus(trial, tmp_path, monkeypatch, qtbot):
    study = trial.study
    trial.import_sessions()
    assert study.sql("SELECT count(*) FROM awaited_file") == [(49,)]
    trial.take_in()
    assert study.sql("SELECT count(*) FROM awaited_file") == [(0,)]
    assert study.sql("SELECT count(*) FROM recording WHERE part = 2") == [(1,)]
    trial.assign()
    given = study.sql(
        "SELECT session_id, person_id, purpose FROM rating WHERE withdrawn_at IS NULL ORDER BY session_id"
    )
    by_session = Counter(row[0] for row in given)
    assert len(by_session) == CLIENTS * 3
    assert sorted(Counter(by_session.values()).items()) == [(1, 6), (2, 6)]
    done = [trial.rate(code, value) for code, value in zip(CODERS, (3, 4, 5), strict=True)]
    assert sum(done) == 18
    study.sign_in("S1")
    before = study.ask(score_table, ScoreFilter())
    page = trial.decide()
    trial.submit(page)
    after = study.ask(score_table, ScoreFilter())
    assert before.sha256 == after.sha256, "the independent ratings alone feed reliability"
    assert study.sql(
        "SELECT count(*) FROM rating WHERE purpose = 'consensus' AND submitted_at IS NOT NULL"
    ) == [(1,)]
    study_page = trial.go(places.STUDY)
    trial.wait(lambda: "sessions" in study_page._found)
    at = study_page.view.model.listing.at("consensus")
    assert "done" in {row[at] for row in study_page._found["sessions"].rows}
    target = tmp_path / "study.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    study_page._export_all()
    qtbot.waitUntil(lambda: not study_page._exporting.busy, timeout=20_000)
    assert target.stat().st_size > 10_000
    reliability = trial.go(places.RELIABILITY)
    trial.wait(lambda: reliability.sheet.figures.rowCount() and not reliability.sheet.figures.stale)


def test_a_session_is_not_given_out_before_all_its_parts_are_there(trial):
    trial.import_sessions()
    page = trial.go(places.STUDY)
    trial.wait(lambda: "sessions" in page._found)
    states = {row[8] for row in page._found["sessions"].rows if row[0] != "QZX7"}
    assert states == {"awaited"}
    plan = trial.go(places.PLAN)
    trial.wait(lambda: plan._drawn is not None)
    assert not plan._drawn.proposal.new
    assert not plan.foot.primary.isEnabled()
