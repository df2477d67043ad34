"""What a supervisor does with the rows of the study page's tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from mio_fidelity.coding import assign, packages, people, planned, removal, staff
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.rekey_dialog import remove_dialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Role

Needs = Literal["nothing", "one", "some"]
Kept = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """A button under one of the tables."""

    table: str
    needs: Needs
    button: QPushButton


class StudyActions(QWidget):
    """The buttons; those of the table shown are in sight.

    Signals:
        asked: Something that another window does: "add", "sessions", "folder", "awaited", "find", "ratings",
            "access".
        assignments_asked: The assignments of a client.
    """

    asked = Signal(str)
    assignments_asked = Signal(str)

    def __init__(self, bench: Workbench, view: ListingView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._view = bench, view
        self._table = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.scaled(8))
        self.actions_of_tables: list[Action] = []
        self._make()
        self._row.addStretch(1)
        view.chosen.connect(self._enable)

    def show_for(self, table: str) -> None:
        """Show the buttons of a table."""
        self._table = table
        for action in self.actions_of_tables:
            action.button.setVisible(action.table == table)
        self._enable()

    def _make(self) -> None:
        add = self._add
        add("sessions", "one", self.tr("Assignments of the client"), self._show_assignments)
        add("clients", "one", self.tr("Assignments of the client"), self._show_assignments)
        add("recordings", "nothing", self.tr("Take in awaited files…"), lambda: self.asked.emit("awaited"))
        add("recordings", "nothing", self.tr("Find moved recordings…"), lambda: self.asked.emit("find"))
        add("recordings", "nothing", self.tr("Take into the vault…"), self._take_into_vault)
        add("recordings", "nothing", self.tr("Check…"), self._check)
        add("recordings", "some", self.tr("Copy out…"), self._copy_out)
        add("recordings", "some", self.tr("Keep until…"), lambda: self._keep(self._sessions()))
        add("recordings", "some", self.tr("Remove…"), self._remove_recordings)
        add("removal", "some", self.tr("Remove…"), lambda: self._remove(self._view.chosen_ids()))
        add("removal", "some", self.tr("Keep until…"), lambda: self._keep(self._view.chosen_ids()))
        add("removal", "nothing", self.tr("How long they are kept…"), lambda: self.asked.emit("retention"))
        add("assignments", "some", self.tr("Take back…"), self._take_back)
        add("assignments", "one", self.tr("Give to…"), self._give_to)
        add("clients", "one", self.tr("Consent withdrawn…"), self._withdraw_consent)
        add("clients", "one", self.tr("Consent given after all"), self._give_consent_back)
        add("packages", "nothing", self.tr("Make a package…"), lambda: self.asked.emit("package"))
        add("packages", "nothing", self.tr("Take in returned work…"), lambda: self.asked.emit("take_in"))
        add("packages", "nothing", self.tr("Conflicts…"), lambda: self.asked.emit("conflicts"))
        add("packages", "one", self.tr("Revoke…"), self._revoke)
        add("people", "nothing", self.tr("Add a person…"), lambda: self.asked.emit("person"))
        add("people", "nothing", self.tr("Pass phrases…"), lambda: self.asked.emit("access"))
        add("people", "one", self.tr("Leaves the study…"), self._leave)
        add("people", "one", self.tr("Comes back"), self._come_back)
        add("people", "one", self.tr("Works at…"), self._work_at)
        add("people", "one", self.tr("Keep away from…"), self._keep_away)
        add("people", "one", self.tr("No longer keep away from…"), self._let_in)

    def _add(self, table: str, needs: Needs, words: str, does: Callable[[], None]) -> None:
        button = QPushButton(words)
        button.setAutoDefault(True)
        button.clicked.connect(lambda: does())
        # All of them side by side would make the window wider than a laptop's screen.
        button.hide()
        self._row.addWidget(button)
        self.actions_of_tables.append(Action(table, needs, button))

    def _enable(self) -> None:
        n = len(self._view.chosen_ids())
        for action in self.actions_of_tables:
            enough = {"nothing": True, "one": n == 1, "some": n > 0}[action.needs]
            action.button.setEnabled(enough)

    def _one(self) -> str:
        return self._view.chosen_ids()[0]

    def _code(self, key: str) -> str:
        row = self._view.table.selectionModel().selectedRows()[0].row()
        return str(self._view.model.value_at(row, key))

    def _show_assignments(self) -> None:
        self.assignments_asked.emit(self._code("client"))

    def _take_back(self) -> None:
        ids = self._view.chosen_ids()
        words = self.tr(
            "Take the chosen assignments back ({n})? They leave the coders' lists; what was begun stays on"
            " record and counts nowhere. Submitted ratings stay as they are."
        ).format(n=len(ids))
        dialog = ask(self, self.tr("Take back"), words + self._of_handed_out(), self.tr("Take back"))
        dialog.answered.connect(lambda _: self._bench.do(assign.withdraw, ids))

    def _give_to(self) -> None:
        rating = self._one()
        coders = [
            (each.code, each.id) for each in self._bench.ask(people.roster) if each.role is not Role.CLINICIAN
        ]
        words = self.tr("Take this assignment back and give it to somebody else, under a new blind code.")
        dialog = ask(self, self.tr("Give to"), words + self._of_handed_out(), self.tr("Give"), coders)
        dialog.answered.connect(lambda person: self._bench.do(planned.reassign, rating, person))

    def _of_handed_out(self) -> str:
        """What is to be known when some of the chosen lie on a coder's laptop."""
        rows = self._view.table.selectionModel().selectedRows()
        if all(self._view.model.value_at(row.row(), "state") != "handed out" for row in rows):
            return ""
        return " " + self.tr("▲ Handed out: if work on it comes back all the same, you choose what counts.")

    def _take_into_vault(self) -> None:
        from mio_fidelity.gui.vault_dialog import VaultDialog

        ids = self._view.chosen_ids()
        # A table always has one row chosen; who means some has chosen several.
        self._open(VaultDialog(self._bench, ids if len(ids) > 1 else None, self))

    def _copy_out(self) -> None:
        from mio_fidelity.gui.copy_out_dialog import CopyOutDialog

        self._open(CopyOutDialog(self._bench, self._view.chosen_ids(), self))

    def _check(self) -> None:
        from mio_fidelity.gui.check_dialog import CheckDialog

        ids = self._view.chosen_ids()
        self._open(CheckDialog(self._bench, ids if len(ids) > 1 else None, self))

    def _keep(self, sessions: Sequence[str]) -> None:
        from mio_fidelity.gui.retention_dialogs import KeepDialog

        self._open(KeepDialog(self._bench, sessions, self))

    def _sessions(self) -> Sequence[str]:
        return self._bench.ask(removal.sessions_of, self._view.chosen_ids())

    def _remove_recordings(self) -> None:
        self._remove(self._sessions())

    def _remove(self, sessions: Sequence[str]) -> None:
        from mio_fidelity.gui.removal_dialog import RemovalDialog

        self._open(RemovalDialog(self._bench, sessions, self))

    def _withdraw_consent(self) -> None:
        from mio_fidelity.gui.retention_dialogs import ConsentDialog

        dialog = ConsentDialog(self._bench, self._one(), self._code("client"), self)
        dialog.withdrawn.connect(self._remove)
        self._open(dialog)

    def _give_consent_back(self) -> None:
        self._bench.do(removal.give_consent_back, self._one())

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _revoke(self) -> None:
        package = self._one()
        words = self.tr(
            "Give this package of {code} up? Its sessions can be worked on here or handed out again. The file"
            " itself still opens: if work comes back from it, it is taken in where nobody else did anything,"
            " and shown as a conflict where somebody did."
        ).format(code=self._code("person"))
        dialog = ask(self, self.tr("Revoke"), words, self.tr("Revoke"))
        dialog.answered.connect(lambda _: self._bench.do(packages.revoke, package))

    def _leave(self) -> None:
        person = self._one()
        if self._bench.project.has_own_phrase(person):
            remove_dialog(self._bench, person, self._code("person"), self).open()
            return
        words = self.tr(
            "{code} signs in no more, and the sessions not submitted are free again. What was submitted"
            " stays. Draw the plan again to give the free sessions to others."
        ).format(code=self._code("person"))
        dialog = ask(self, self.tr("Leaves the study"), words, self.tr("Leaves"))
        dialog.answered.connect(lambda _: self._bench.do(staff.leave, person))

    def _come_back(self) -> None:
        self._bench.do(staff.come_back, self._one())

    def _work_at(self) -> None:
        person = self._one()
        sites: list[tuple[str, object]] = [(self.tr("no site"), None)]
        sites += [(code, code) for code in self._bench.ask(staff.codes).sites]
        words = self.tr("At which site does {code} work? Plans can keep coders from sessions of their site.")
        words = words.format(code=self._code("person"))
        dialog = ask(self, self.tr("Works at"), words, self.tr("Set"), sites)
        dialog.answered.connect(lambda code: self._bench.do(staff.set_site, person, code))

    def _keep_away(self) -> None:
        codes = self._bench.ask(staff.codes)
        self._ask_whom(staff.bar, self.tr("Keep away from"), codes)

    def _let_in(self) -> None:
        self._ask_whom(
            staff.unbar, self.tr("No longer keep away from"), self._bench.ask(staff.kept_from, self._one())
        )

    def _ask_whom(self, verb: Callable[..., None], title: str, codes: staff.Codes) -> None:
        person = self._one()
        names = (
            ("site", self.tr("site {code}"), codes.sites),
            ("counselor", self.tr("counselor {code}"), codes.counselors),
            ("client", self.tr("client {code}"), codes.clients),
        )
        choices = [(words.format(code=code), (kind, code)) for kind, words, own in names for code in own]
        if not choices:
            dialog = ask(self, title, self.tr("There is nobody to choose."), self.tr("Well"))
            return
        words = self.tr("Sessions of whom is {code} not to code?").format(code=self._code("person"))
        dialog = ask(self, title, words, self.tr("Set"), choices)
        dialog.answered.connect(lambda whom: self._bench.do(verb, person, **{whom[0]: whom[1]}))
