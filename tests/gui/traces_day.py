"""A whole day's work in the real program, in a process of its own: ``python -m tests.gui.traces_day ROOT``.

Words of `tests.gui.traces` go through every field, by windows where a window is what could betray them.
"""

import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from mio_fidelity import __main__ as program
from mio_fidelity.answer import rated
from mio_fidelity.coding import (
    consensus,
    desk,
    discuss,
    exemplars,
    masters,
    meetings,
    people,
    rate,
    recordings,
    removal,
)
from mio_fidelity.errors import UserError
from mio_fidelity.gui import places as of_window
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog
from mio_fidelity.gui.manifest_dialog import ManifestDialog
from mio_fidelity.gui.manual_view import FindBar
from mio_fidelity.gui.meeting_report import ReportDialog
from mio_fidelity.gui.package_dialogs import PackageDialog
from mio_fidelity.gui.removal_dialog import RemovalDialog
from mio_fidelity.gui.study_dialogs import AddRecordingDialog
from mio_fidelity.gui.take_in_dialog import TakeInDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from mio_fidelity.store import Db, Role
from tests.coding.packed import LAPTOP, Laptop
from tests.gui.traces import CODES, LABELS, WORDS, Places
from tests.gui.traces_seat import Noted, Seat

TODAY = date(2026, 3, 3)


class Day(Seat):
    """One day, step by step, in order."""

    def open(self) -> None:
        """As the program starts; the study is chosen in the window for folders."""
        start = self.window.start
        self.choosing(self.places.study)
        start.open_button.click()
        start.passphrase.setText(WORDS["phrase"])
        start.unlock_button.click()
        self.wait(start.who.isVisible)
        self.ids = {each.code: each.id for each in self.bench.ask(people.roster)}

    def sign_in(self, who: str) -> None:
        self.window.start.signed_in.emit(self.ids[CODES[who]])
        self.wait(lambda: self.window.pages.currentWidget() is self.window.queue)

    def add(self, client: str, number: int, *to: str) -> None:
        """A recording, chosen in the window for files."""
        page = self.go(of_window.STUDY)
        page._open_dialog("add")
        dialog = self.dialog(AddRecordingDialog)
        self.choosing(self.places.data / f"{WORDS['recording']}-{number}.wav")
        dialog._choose()
        dialog.client.setText(CODES[client])
        dialog.counselor.setText(CODES["counselor"])
        dialog.arm.setText(LABELS["arm"])
        dialog.site.setText(LABELS["site"])
        dialog.number.setValue(number)
        dialog.purpose.setCurrentIndex(1)
        for member, box in dialog.given_to.items():
            box.setChecked(member.code in [CODES[each] for each in to])
        dialog.accept()
        self.gone(AddRecordingDialog)

    def look_at_a_manifest(self) -> None:
        path = self.places.data / f"{WORDS['chosen']}.csv"
        path.write_text(f"client,session,{WORDS['column']}\nMargaret {WORDS['cell']},1,x\n", encoding="utf-8")
        page = self.go(of_window.STUDY)
        page._open_dialog("sessions")
        dialog = self.dialog(ManifestDialog)
        dialog.take_path(path)
        self.wait(lambda: dialog._job is None)
        self.said.append(dialog.report.text())
        dialog.reject()
        self.gone(ManifestDialog)

    def rate(self, who: str) -> str:
        """Everything a coder types; the rating."""
        self.sign_in(who)
        row = min(self.bench.ask(desk.queue), key=lambda row: row.duration_ms)
        self.window.queue.chosen.emit(row.rating_id)
        page: Any = self.window.coding
        self.wait(lambda: page.listening.player.state.name == "PAUSED")
        page.listening.player.play()
        self.wait(lambda: page.listening.player.position_ms > 200)
        page.listening.player.pause()
        page.notes.setPlainText(WORDS["note"])
        self.wait(lambda: self.bench.ask(desk.desk, row.rating_id).notes)
        page.mark_evidence()
        page.evidence._note.setText(WORDS["evidence"])
        page.evidence.end_note()
        self.bench.do(answer_all, row.rating_id, 4 if who == "coder" else 5)
        page.go_to_time()
        asked = self.dialog(GoToDialog)
        asked.time.setText(WORDS["time"])
        asked.accept()
        asked.reject()
        page.show_manual()
        page.manual.findChild(FindBar)._words.setText(WORDS["search"])
        self.bench.do(rate.submit, row.rating_id, little_heard=True)
        self.wait(lambda: page.desk.submitted_at is not None)
        return row.rating_id

    def amend(self) -> None:
        """The rating that is shown."""
        self.window.coding.foot.primary.click()
        dialog = self.dialog(AmendDialog)
        dialog.why.setPlainText(WORDS["amendment"])
        box = next(iter(dialog.answers.values()))
        box.setCurrentIndex(box.findData("rated:6"))
        dialog.accept()
        self.gone(AmendDialog)

    def decide(self, rating_id: str) -> None:
        """Consensus, list to discuss, master codes, example."""
        self.sign_in("supervisor")
        session = self.session("client")
        do: Any = self.bench.project.do
        begun = do(consensus.begin, session, [self.ids[CODES["supervisor"]]]).value
        self.go(of_window.CONSENSUS)
        for slot in self.bench.ask(consensus.side_by_side, begun).own.instrument.slots():
            if slot in self.bench.ask(consensus.side_by_side, begun).own.open_slots:
                do(consensus.set_consensus, begun, *slot, rated(5), WORDS["consensus"])
        do(consensus.submit_consensus, begun)
        do(discuss.put, session, "warm_regard", WORDS["topic"])
        do(masters.set_for_training, [session], True)
        master = do(masters.promote_consensus, begun).value
        do(masters.set_rationale, do(masters.revise, master).value, "warm_regard", WORDS["rationale"])
        mark = self.bench.ask(first, "SELECT id FROM evidence_mark WHERE rating_id = ?", rating_id)
        do(exemplars.promote, mark, "fidelity", 5, WORDS["exemplar"])
        for place in (of_window.TRAINING, of_window.COUNSELORS, of_window.DRIFT, of_window.PLAN):
            self.go(place)

    def meet(self) -> None:
        """A meeting, with notes and a decision, and its report as it is proposed."""
        page = self.go(of_window.MEETINGS)
        page.foot.primary.click()
        held = page.form.minutes.id
        page.form.notes.setPlainText(WORDS["minutes"])
        page.form.store_notes()
        topics = [each.id for each in self.bench.ask(discuss.listing)]
        self.bench.do(discuss.take_up, held, topics)
        self.bench.do(meetings.decide, "warm_regard", None, WORDS["decision"], TODAY, held)
        for kind in ("pdf", "excel"):
            page.report.click()
            asked = self.dialog(ReportDialog)
            getattr(asked, kind).setChecked(True)
            self.choosing(self.places.out / f"meeting-{kind}")
            asked.accept()
            self.wait(lambda: not page._exporting.busy)

    def export(self) -> None:
        """Each export, as it is proposed."""
        page = self.go(of_window.STUDY)
        for table in ("sessions", "recordings", "assignments", "decisions", "discuss"):
            page.show_table(table)
            self.wait(lambda table=table: table in page._found and page._job is None)
        page.view.search.setText(WORDS["search"])
        page.view.search.clear()
        exports = [page._export_excel, page._export_csv, page._export_all]
        for nth, export in enumerate(exports):
            self.choosing(self.places.out / f"tables{nth}")
            export()
            self.wait(lambda: not page._exporting.busy)
        figures = self.go(of_window.RELIABILITY)
        self.wait(figures.export.isEnabled)
        self.choosing(self.places.out / "reliability.xlsx")
        figures.export.click()
        self.wait(lambda: not figures._exporting.busy)
        plan = self.go(of_window.PLAN)
        self.choosing(self.places.out / "plan.toml")
        plan._save()

    def hand_out_and_take_in(self) -> None:
        """A package, worked on elsewhere, and its return."""
        page = self.go(of_window.STUDY)
        page._open_dialog("package")
        dialog = self.dialog(PackageDialog)
        dialog.person.setCurrentText(CODES["coder"])
        for field in (dialog.phrase, dialog.again):
            field.setText(LAPTOP)
        file = self.places.out / "work.miopack"
        self.choosing(file)
        dialog._choose()
        dialog.go.click()
        self.wait(lambda: not dialog.busy and "✔" in dialog.report.text())
        dialog.go.click()
        laptop = Laptop(file, self.places.out / "laptop")
        with laptop.open() as project:
            rows = [row.rating_id for row in project.ask(desk.queue)]
        laptop.work(*rows, notes=WORDS["note"])
        page._open_dialog("take_in")
        taking = self.dialog(TakeInDialog)
        taking.file.setText(str(laptop.give_back()))
        for _ in range(3):
            taking.go.click()
            self.wait(lambda: not taking.busy)
        self.gone(TakeInDialog)

    def put_away(self) -> None:
        """Recordings into the vault; those of a client who withdrew are removed."""
        page = self.go(of_window.STUDY)
        page._open_dialog("vault")
        dialog = self.dialog(VaultDialog)
        self.wait(lambda: not dialog.busy and dialog.go.isEnabled())
        dialog.go.click()
        self.wait(lambda: not dialog.busy and "✔" in dialog.report.text())
        dialog.reject()
        self.gone(VaultDialog)
        gone = self.bench.project.do(removal.withdraw_consent, self.client("late"), TODAY).value
        removing = RemovalDialog(self.bench, gone, self.window)
        removing.open()
        self.wait(lambda: not removing.busy)
        removing.word.setText("remove")
        removing.go.click()
        self.wait(lambda: not removing.busy and "✔" in removing.report.text())
        removing.reject()

    def be_refused(self, rating_id: str) -> None:
        """What cannot be done, with words that are said to nobody but who typed them."""
        word, page = WORDS["refused"], self.go(of_window.STUDY)
        facts = recordings.SessionFacts(f"Margaret {word}", 1)
        verb: Any
        for verb, *values in (
            (people.add_person, f"Margaret {word}", Role.CODER),
            (recordings.add_session, facts, [], self.places.study),
            (rate.set_notes, rating_id, word),
            (rate.amend, rating_id, "warm_regard", {"fidelity": rated(7)}, ""),
            (exemplars.promote, word, "fidelity", 5, word),
            (consensus.begin, word, [word]),
            (refuse, word),
        ):
            assert self.bench.do(verb, *values) is None
            self.said.append(page.foot.notice.text())

    def fall(self) -> None:
        """Errors the program does not know, here and on other threads."""
        QTimer.singleShot(0, lambda: fail(WORDS["crash"]))
        self.said.append(self.message())
        job = Job(lambda *_: fail(WORDS["crash"]), self.window)
        job.start()
        self.said.append(self.message())
        QTimer.singleShot(0, lambda: self.bench.ask(ill, WORDS["crash"]))
        self.said.append(self.message())
        QTimer.singleShot(0, lambda: refuse(None, WORDS["refused"]))
        self.message()

    def lock(self) -> None:
        """Lock and unlock."""
        lock = self.window.lock
        lock.lock()
        self.look()
        lock.page.box.field.setText(WORDS["phrase"])
        lock.page.box.button.click()
        self.wait(lambda: not lock.locked)

    def session(self, client: str) -> str:
        """The only session of a client."""
        statement = (
            "SELECT s.id FROM treatment_session s JOIN client c ON c.id = s.client_id WHERE c.code = ?"
        )
        return self.bench.ask(first, statement, CODES[client])

    def client(self, client: str) -> str:
        """The id of a client."""
        return self.bench.ask(first, "SELECT id FROM client WHERE code = ?", CODES[client])

    def whole(self) -> None:
        """From morning to evening."""
        self.open()
        self.sign_in("supervisor")
        self.add("client", 1, "coder", "peer")
        self.add("late", 2, "coder")
        self.look_at_a_manifest()
        rating_id = self.rate("coder")
        self.amend()
        self.rate("peer")
        self.decide(rating_id)
        self.meet()
        self.be_refused(rating_id)
        self.hand_out_and_take_in()
        self.export()
        self.put_away()
        self.lock()
        self.fall()
        QApplication.processEvents()


def answer_all(db: Db, rating_id: str, value: int) -> None:
    """The same on every slot."""
    while open_slots := desk.desk(db, rating_id).open_slots:
        rate.set_answer(db, rating_id, *open_slots[0], rated(value))
        db.flush()


def first(db: Db, statement: str, value: str) -> str:
    """The first value there is."""
    return str(db.connection().exec_driver_sql(statement, (value,)).scalar_one())


def refuse(_db: Db | None, word: str) -> None:
    """A verb that a person can mend."""
    raise UserError("Nothing is called {word}.", word=word)


def ill(db: Db, word: str) -> None:
    """A question with a bug: the database itself tells of the values it was given."""
    db.connection().exec_driver_sql("SELECT ? FROM no_such_table", (word,))


def fail(word: str) -> None:
    """A bug, with data at hand."""
    kept = {"note": word, "path": f"/{word}/{word}.wav"}
    raise RuntimeError(word, kept)


def main(root: Path) -> int:
    """Run the program as somebody starts it, and the day in it."""
    day, failed = Day(Places(root), Noted()), []
    app = QApplication(["mio-fidelity"])

    def work() -> None:
        try:
            day.whole()
        except BaseException:
            failed.append(traceback.format_exc())
        day.tell("".join(failed))
        day.window.close()
        app.exit(1 if failed else 0)

    QTimer.singleShot(0, work)
    sys.argv = ["mio-fidelity"]
    return program.main()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
