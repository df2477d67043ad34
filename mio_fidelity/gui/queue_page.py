"""A coder's sessions: what is begun, what is due, what is submitted. Nobody else's."""

from datetime import date
from typing import Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding import own_calibration, people, returning, training
from mio_fidelity.coding.desk import Progress, QueueRow, queue
from mio_fidelity.coding.outgoing import handed_out
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.bars import FootBar, HeaderBar, label, lay_out_page, shown, tab_through
from mio_fidelity.gui.commands import give_key, key_of
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.work_list import WorkModel, WorkTable
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import MediaKind, Role

ROW_PX = 36
SHOWN_TABLES = {"rating", "score", "recording", "package", *EVERYTHING}


class QueueModel(WorkModel[QueueRow]):
    """The lines of a queue."""

    # What is out on another computer.
    out: frozenset[str] = frozenset()

    def titles(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return (self.tr("Session"), self.tr("Length"), self.tr("State"), self.tr("Rated"), self.tr("Due"))

    def waits(self, row: QueueRow) -> bool:
        """Whether it is still to be submitted."""
        return row.progress is not Progress.SUBMITTED

    def texts(self, row: QueueRow) -> tuple[str, ...]:
        """What a line says in each column."""
        kind = self.tr("video") if row.kind is MediaKind.VIDEO else self.tr("audio")
        state = {
            Progress.ASSIGNED: self.tr("○ not begun"),
            Progress.BEGUN: self.tr("◐ begun"),
            Progress.SUBMITTED: self.tr("● submitted"),
        }[row.progress]
        if row.rating_id in self.out:
            state = self.tr("⇄ handed out")
        return (
            row.blind_code,
            f"{format_ms(row.duration_ms)} · {kind}" if row.duration_ms else self.tr("no recording"),
            state,
            self.tr("{n} of {all}").format(n=row.answered, all=row.slots),
            self._due(row),
        )

    def _due(self, row: QueueRow) -> str:
        day = row.due_on
        if day is None or row.progress is Progress.SUBMITTED:
            return ""
        words = QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
        return self.tr("overdue: {day}").format(day=words) if day < date.today() else words


class QueuePage(QWidget):
    """The list of the person's sessions.

    Signals:
        chosen: The id of the rating to open.
        compare_asked: The id of a rating to be seen beside the master codes.
        left: Somebody else wants to work.
        add_asked: A supervisor wants to add a recording.
        import_asked: A supervisor wants to take in ratings from elsewhere.
        reliability_asked: A supervisor wants to see how well coders agree.
        preferences_asked: The preferences are wanted.
        lock_asked: The window is to be locked.
        backups_asked: The backups of the study are wanted.
        keys_changed: A key was given to another command.
    """

    chosen = Signal(str)
    compare_asked = Signal(str)
    left = Signal()
    add_asked = Signal()
    import_asked = Signal()
    reliability_asked = Signal()
    preferences_asked = Signal()
    lock_asked = Signal()
    backups_asked = Signal()
    keys_changed = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.header = HeaderBar()
        self.foot = FootBar()
        self.model = QueueModel(self)
        self._comparable: frozenset[str] = frozenset()
        self.table = WorkTable(self.model, self.tr("My sessions"), ROW_PX)
        self.empty = label("", "muted")
        self.compare = QPushButton(self.tr("Compare with the master codes"))
        self.add = QPushButton(self.tr("Add a recording…"))
        self.take_in = QPushButton(self.tr("Import ratings…"))
        self.reliability = QPushButton(self.tr("Reliability…"))
        self.switch = QPushButton(self.tr("Somebody else…"))
        self.phrase = QPushButton(self.tr("My pass phrase…"))
        self.lock = QPushButton(self.tr("Lock"))
        self.backups = QPushButton(self.tr("Backups…"))
        self.keys = QPushButton(self.tr("All keys…"))
        self.preferences = QPushButton(self.tr("Preferences…"))
        self.calibration = QPushButton(self.tr("My calibration…"))
        self.give_back = QPushButton(self.tr("Return my work…"))
        self._lay_out()
        self._connect()

    def open(self) -> None:
        """Show the sessions of whoever is working."""
        self.foot.say("")
        self._take_keys()
        self._show()
        for widget in (self.table, self.add, self.switch):
            if not widget.isHidden():
                widget.setFocus()
                return

    def _lay_out(self) -> None:
        self.header.title.setText(self.tr("My sessions"))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        middle = QVBoxLayout()
        middle.setContentsMargins(theme.scaled(14), theme.scaled(12), theme.scaled(14), theme.scaled(8))
        middle.addWidget(self.table.in_panel(self.empty))
        lay_out_page(self, self.header, middle, self.foot)
        above = (
            self.compare,
            self.add,
            self.take_in,
            self.reliability,
            self.calibration,
            self.give_back,
            self.switch,
            self.preferences,
        )
        for button in above:
            self.header.add_right(button)
        theme.set_role(self.foot.saved, "muted")
        below = (self.phrase, self.lock, self.backups, self.keys)
        for button in below:
            theme.set_role(button, "quiet")
            self.foot.add_fact(button)
        tab_through((*above, self.table, *below, self.foot.primary))

    def _connect(self) -> None:
        self._bench.changed.connect(self._refresh)
        self._bench.refused.connect(lambda error: self.foot.say(sentence(error), "alarm"))
        self.table.opened.connect(self._open)
        self.table.moved.connect(self._show_button)
        self._take_keys()
        presses: tuple[tuple[QPushButton, Any], ...] = (
            (self.compare, self._compare),
            (self.add, self.add_asked),
            (self.take_in, self.import_asked),
            (self.reliability, self.reliability_asked),
            (self.switch, self.left),
            (self.phrase, self._change_phrase),
            (self.lock, self.lock_asked),
            (self.backups, self.backups_asked),
            (self.keys, self._show_keys),
            (self.preferences, self.preferences_asked),
            (self.calibration, self._show_calibration),
            (self.give_back, self._return_work),
            (self.foot.primary, self._open),
        )
        for button, does in presses:
            button.clicked.connect(does)
            # Enter presses what has the keyboard.
            button.setAutoDefault(True)

    def _take_keys(self) -> None:
        settings = self._bench.settings
        for button, name in ((self.lock, "lock"), (self.backups, "backups"), (self.keys, "keys")):
            button.setToolTip(shown(key_of(name, settings)))
        give_key(self.preferences, "preferences", settings)
        give_key(self.keys, "keys", settings)

    def _refresh(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._show()

    def _show(self) -> None:
        at = max(0, self.table.currentIndex().row())
        rows = self._bench.ask(queue)
        self._comparable = frozenset(each.rating_id for each in self._bench.ask(training.own_training))
        self.model.out = self._bench.ask(handed_out)
        self.model.show(rows)
        package = self._bench.ask(returning.is_package)
        self.give_back.setVisible(package)
        me = next(
            member for member in self._bench.ask(people.roster) if member.id == self._bench.project.person_id
        )
        supervisor = me.role is Role.SUPERVISOR
        self.backups.setVisible((supervisor or package) and not self._bench.project.on_server)
        self.phrase.setVisible(not self._bench.project.on_server)
        self.add.setVisible(supervisor)
        self.take_in.setVisible(supervisor)
        self.reliability.setVisible(supervisor)
        self.calibration.setVisible(me.role is Role.CODER and self._bench.ask(own_calibration.coders_see_own))
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.empty.setText(
            self.tr("Nothing is assigned to you. Add a recording, and give it to coders to rate.")
            if supervisor
            else self.tr("Nothing is assigned to you. Your supervisor gives you sessions to rate.")
        )
        open_rows = sum(row.progress is not Progress.SUBMITTED for row in rows)
        self.foot.saved.setText(
            self.tr("{n} to do, {done} submitted").format(n=open_rows, done=len(rows) - open_rows)
        )
        if rows:
            self.table.selectRow(min(at, len(rows) - 1))
        self._show_button()
        # Last: how many fit depends on the buttons in sight.
        self.header.show_pills(
            ((self._bench.ask(people.study_facts).title, "pill"),),
            ((_role_words(me.role).format(code=me.code), "pill"),),
        )

    def _show_button(self, *_: object) -> None:
        row = self.table.line()
        self.compare.setVisible(row is not None and row.rating_id in self._comparable)
        self.foot.primary.setEnabled(row is not None)
        words = {
            Progress.ASSIGNED: self.tr("Start"),
            Progress.BEGUN: self.tr("Continue"),
            Progress.SUBMITTED: self.tr("Look at it"),
        }
        self.foot.primary.setText(words[row.progress if row else Progress.ASSIGNED])

    def _compare(self) -> None:
        row = self.table.line()
        if row is not None:
            self.compare_asked.emit(row.rating_id)

    def _show_calibration(self) -> None:
        from mio_fidelity.gui.own_calibration_dialog import OwnCalibrationDialog

        OwnCalibrationDialog(self._bench.ask(own_calibration.own_calibration), self).open()

    def _show_keys(self) -> None:
        from mio_fidelity.gui.keys_dialog import KeysDialog

        dialog = KeysDialog(self._bench.settings, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._take_keys)
        dialog.changed.connect(self.keys_changed)
        dialog.open()

    def _change_phrase(self) -> None:
        from mio_fidelity.gui.passphrase_dialog import own_passphrase_dialog

        own_passphrase_dialog(self._bench, self).open()

    def _return_work(self) -> None:
        from mio_fidelity.gui.package_dialogs import ReturnDialog

        dialog = ReturnDialog(self._bench, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open(self, *_: object) -> None:
        row = self.table.line()
        if row is None:
            return
        if row.rating_id not in self.model.out:
            self.chosen.emit(row.rating_id)
            return
        words = self.tr(
            "This session is in a package on another computer. If you rate it here as well, the supervisor"
            " has to choose between the two when your work comes back."
        )
        dialog = ask(self, self.tr("Handed out"), words, self.tr("Open it here"))
        # Who presses Enter twice has not decided anything.
        dialog.decline.setFocus()
        dialog.answered.connect(lambda _: self.chosen.emit(row.rating_id))


def _role_words(role: Role) -> str:
    return {
        Role.CODER: QCoreApplication.translate("QueuePage", "coder {code}"),
        Role.SUPERVISOR: QCoreApplication.translate("QueuePage", "supervisor {code}"),
        Role.CLINICIAN: QCoreApplication.translate("QueuePage", "clinician {code}"),
    }[role]
