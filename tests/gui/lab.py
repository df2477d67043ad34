"""A lab: a supervisor's computer and coders' laptops, worked through windows."""

import csv

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from mio_fidelity.coding import desk
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.gui import places
from mio_fidelity.gui.access_dialog import AccessDialog
from mio_fidelity.gui.ask_dialog import AskDialog
from mio_fidelity.gui.assign_dialog import AssignDialog
from mio_fidelity.gui.conflict_dialog import ConflictDialog
from mio_fidelity.gui.dialogs import SubmitDialog
from mio_fidelity.gui.intake_dialog import IntakeDialog
from mio_fidelity.gui.manifest_dialog import ManifestDialog
from mio_fidelity.gui.package_dialogs import PackageDialog
from mio_fidelity.gui.passphrase_dialog import PassphraseDialog
from mio_fidelity.gui.recovery_dialog import RecoveryDialog
from mio_fidelity.gui.rekey_dialog import RekeyDialog
from mio_fidelity.gui.study_dialogs import NewStudyDialog
from mio_fidelity.gui.take_in_dialog import TakeInDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from tests import media_factory
from tests.gui.front import button, press
from tests.gui.seats import PHRASE, Seat, shown, visible

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
MINE = "the words of the supervisor"
# Of two clients, in three phases; each as long as no other.
SESSIONS = [(client, number) for client in ("C001", "C002") for number in (1, 6, 11)]


class Home(Seat):
    """The supervisor's computer."""

    @property
    def folder(self):
        return self.place / "trial"

    def make_study(self):
        self.window.start.new_button.click()
        asks = self.dialog(NewStudyDialog)
        asks.folder.setText(str(self.folder))
        for field in (asks.phrase, asks.again):
            field.setText(MINE)
        asks.accept()
        key = self.dialog(RecoveryDialog)
        key.save_to(self.place / "key.pdf")
        key.group.setText(key.key.split("-")[key._asked])
        key.accept()

    def ask(self):
        """Type the pass phrase on the first page."""
        self.window.start.ask_phrase(self.folder)
        self.window.start.passphrase.setText(MINE)
        self.window.start.unlock_button.click()

    def enter(self):
        self.ask()
        self.wait(lambda: self.window.pages.currentWidget() is self.window.queue)

    def leave(self):
        """Close the study."""
        self.window.lock.lock()
        self.window.lock.page.left.emit()
        self.wait(lambda: not self.bench.has_project)

    def table(self, key):
        """The study's page on one of its tables, read anew."""
        self.window.go(places.STUDY)
        page = self.window.pages.currentWidget()
        page.show_table(key)
        self.wait(lambda: key in page._found and page._job is None)
        return page

    def over_study(self, what, kind):
        """A dialog over the study's page."""
        self.table("sessions")._open_dialog(what)
        return self.dialog(kind)

    def first_phrase(self, code, phrase=PHRASE):
        access = self.over_study("access", AccessDialog)
        codes = [access.table.item(row, 0).text() for row in range(access.table.rowCount())]
        access.table.selectRow(codes.index(code))
        access.give.click()
        asks = access.findChild(PassphraseDialog)
        for field in (asks.new, asks.again):
            field.setText(phrase)
        asks.accept()
        access.reject()

    def add_sessions(self):
        """The manifest, then its files, then the vault."""
        manifest = self.place / "manifest.csv"
        with manifest.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("Client", "Session", "Arm", "File"))
            for nth, (client, number) in enumerate(SESSIONS):
                name = media_factory.make(self.place / f"{nth}.wav", 2 + nth / 10, "wav").name
                rows.writerow((client, number, "MIO", name))
        asks = self.over_study("sessions", ManifestDialog)
        asks.take_path(manifest)
        self.wait(lambda: asks._job is None)
        button(asks, "Import").click()
        takes = self.dialog(IntakeDialog)
        self.run(takes)
        takes.reject()
        seals = self.over_study("vault", VaultDialog)
        self.run(seals)
        assert "6 of 6" in seals.report.text()
        seals.reject()

    def run(self, dialog):
        """Press its button when it can be, and wait until it is done."""
        self.wait(lambda: not dialog.busy and dialog.go.isEnabled())
        dialog.go.click()
        self.wait(lambda: not dialog.busy)

    def assign(self):
        """All sessions, each by both coders."""
        self.window.go(places.PLAN)
        page = self.window.pages.currentWidget()
        page.terms.share.setValue(100)
        self.wait(
            lambda: page._drawn is not None and page._drawn.proposal.new and page.foot.primary.isEnabled()
        )
        self.wait(lambda: "12" in page.foot.primary.text())
        page.foot.primary.click()
        self.dialog(AssignDialog).accept()
        self.wait(lambda: not self.dialogs(AssignDialog))

    def hand_out(self, code, file):
        asks = self.over_study("package", PackageDialog)
        asks.person.setCurrentText(code)
        if asks.phrase.isVisible():
            for field in (asks.phrase, asks.again):
                field.setText(PHRASE)
        asks.target.setText(str(file))
        asks.go.click()
        self.wait(lambda: "✔ 6 sessions" in asks.report.text())
        shown(asks, f"handed-{code}")
        asks.go.click()
        return file

    def take_in(self, file):
        """What the dialog says that would happen; it is done."""
        asks = self.over_study("take_in", TakeInDialog)
        asks.file.setText(str(file))
        asks.go.click()
        self.wait(lambda: not asks.busy and asks.go.text() != "Look")
        shown(asks, f"look-{file.stem}")
        says = asks.heading.text()
        if asks.go.text() == "Take it in":
            asks.go.click()
            self.wait(lambda: not asks.busy and asks.go.text() == "Done")
        asks.go.click()
        return says

    def give_to(self, of, to):
        """The first assignment of somebody, to somebody else; the id it had."""
        page = self.table("assignments")
        listing = page._found["assignments"]
        row = [each[listing.at("coder")] for each in listing.rows].index(of)
        page.view.search_for(listing.rows[row][listing.at("blind_code")])
        self.wait(lambda: page.view.model.rowCount() == 1)
        page.view.table.selectRow(0)
        button(page, "Give to").click()
        asks = self.dialog(AskDialog)
        asks.box.setCurrentText(to)
        words = asks.findChild(QLabel).text()
        asks.accept()
        return listing.ids[row], words

    def settle(self, words):
        """The one conflict, by this button; why it is one."""
        asks = self.over_study("conflicts", ConflictDialog)
        why = asks.why.text()
        shown(asks, "conflict")
        button(asks, words).click()
        self.wait(lambda: not self.dialogs(ConflictDialog))
        return why

    def remove(self, code):
        """Somebody leaves, and the study gets a new key."""
        access = self.over_study("access", AccessDialog)
        codes = [access.table.item(row, 0).text() for row in range(access.table.rowCount())]
        access.table.selectRow(codes.index(code))
        access.remove.click()
        asks = access.findChild(RekeyDialog)
        asks.accept()
        self.wait(lambda: not visible(access, RekeyDialog))
        access.reject()

    def packages(self):
        """Coder to (handed out, returned, submitted, missing)."""
        page = self.table("packages")
        listing = page._found["packages"]
        keys = [listing.at(key) for key in ("person", "sessions", "returned", "submitted", "missing")]
        return {row[keys[0]]: tuple(row[at] for at in keys[1:]) for row in listing.rows}

    def go_back(self, dialog, row):
        """To the backup in this line."""
        dialog.table.selectRow(row)
        dialog.look.click()
        if "earlier key" in dialog.report.text():
            dialog.passphrase.setText(MINE)
            dialog.look.click()
        self.run(dialog)
        self.wait(lambda: "✔" in dialog.report.text())


class Laptop(Seat):
    """A coder's computer."""

    def rate(self, value, submit=True, slots=20):
        """The first session of the list, by keys alone, while its recording plays."""
        page, table = self.window.coding, self.window.queue.table
        self.window.go(places.QUEUE)
        self.window.activateWindow()
        self.wait(lambda: QApplication.focusWidget() is table)
        press(Key.Key_Return)
        self.wait(lambda: page.isVisible() and page.listening.player.state.name == "PAUSED")
        self.wait(lambda: page.form.isAncestorOf(QApplication.focusWidget()))
        press(Key.Key_Space)
        for _ in range(slots):
            press(Key(Key.Key_0.value + value), Key.Key_Tab)
        assert page.listening.player.state.name in ("PLAYING", "PAUSED", "LOADING")
        if submit:
            press(Key.Key_Return, mod=CTRL)
            asks = self.dialog(SubmitDialog)
            self.wait(lambda: QApplication.activeWindow() is asks)
            press(Key.Key_Return)
            self.wait(lambda: page.desk.submitted_at is not None)
        page.leave()
        self.wait(table.isVisible)

    def everything(self):
        """All that is stored of the ratings here that were begun."""
        rows = self.bench.ask(desk.queue)
        begun = [row.rating_id for row in rows if row.progress is not desk.Progress.ASSIGNED]
        return self.bench.ask(contents_of, begun)
