"""The minutes of one meeting, stored while they are written."""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mio_fidelity.coding import meetings
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.coding.meetings import Minutes
from mio_fidelity.gui import theme
from mio_fidelity.gui.attendance_box import AttendanceBox
from mio_fidelity.gui.bars import label, tab_through
from mio_fidelity.gui.meeting_dialogs import day_edit, day_in
from mio_fidelity.gui.minutes_panels import DecidedPanel, TalkedPanel
from mio_fidelity.gui.session_notes import SessionNotes
from mio_fidelity.gui.workbench import Workbench

TWO_SIDES_PX = 720


class MinutesForm(QScrollArea):
    """Day, people, what was talked about, what was decided, notes.

    Signals:
        looked_for: Id of a session, and the key of a scale or nothing.
        decide_asked: Something is to be decided at this meeting.
    """

    looked_for = Signal(str, str)
    decide_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._minutes: Minutes | None = None
        self.day = day_edit(date.today())
        self.planned = label("", "muted")
        self.discard = QPushButton(self.tr("Discard this meeting"))
        self.attendance = AttendanceBox()
        self.talked, self.decided = TalkedPanel(bench), DecidedPanel(bench)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._notes = SessionNotes()
        self.notes = self._notes.text
        self._lay_out()
        self._connect()

    @property
    def minutes(self) -> Minutes | None:
        """The meeting that is shown."""
        return self._minutes

    def show_minutes(self, found: Minutes, everybody: Mapping[str, str], waiting: Sequence[Topic]) -> None:
        """Show a meeting as it is stored; notes being typed stay.

        Args:
            found: The meeting.
            everybody: Id to code of everybody who could have been there.
            waiting: What is on the list and could be taken in.
        """
        other = self._minutes is None or self._minutes.id != found.id
        before = "" if other or self._minutes is None else self._minutes.notes
        self._minutes = found
        # What is typed and not stored yet is newer than what is stored.
        if other or self.notes.toPlainText() == before != found.notes:
            self.notes.setPlainText(found.notes)
            self._notes.settle()
        self.day.blockSignals(True)
        self.day.setDate(QDate(found.held_on.year, found.held_on.month, found.held_on.day))
        self.day.blockSignals(False)
        self.planned.setText(self.tr("planned") if found.held_on > date.today() else "")
        self.discard.setVisible(
            not (found.attended or found.sessions or found.decisions or self.notes.toPlainText())
        )
        self.attendance.show_people(everybody, tuple(found.attended))
        tab_through((self.discard, *self.attendance.boxes.values()))
        self.talked.show_minutes(found, waiting)
        self.decided.show_decisions(found.decisions)

    def store_notes(self) -> bool:
        """Whether the notes are stored as they stand."""
        self._notes.settle()
        found, text = self._minutes, self.notes.toPlainText()
        if found is None or text == found.notes:
            return True
        return self._bench.do(meetings.set_notes, found.id, text) is not None

    def clear(self) -> None:
        """Let go of what is shown."""
        self._minutes = None
        self.notes.clear()
        self._notes.settle()
        self.attendance.show_people({}, ())
        self.talked.show_lines(())
        self.decided.show_decisions(())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both sides beside each other, or below each other where letters are large."""
        super().resizeEvent(event)
        ways, wide = QBoxLayout.Direction, self.width() >= theme.scaled(TWO_SIDES_PX)
        self._sides.setDirection(ways.LeftToRight if wide else ways.TopToBottom)

    def _lay_out(self) -> None:
        self.day.setAccessibleName(self.tr("Held on"))
        self.notes.setAccessibleName(self.tr("Notes of the meeting"))
        self.notes.setPlaceholderText(self.tr("For supervisors only. Stored as you type."))
        self.notes.setMinimumHeight(theme.scaled(80))
        self._notes.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
        head = QHBoxLayout()
        head.setSpacing(theme.scaled(10))
        for widget in (label(self.tr("Held on"), "title"), self.day, self.planned):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.discard)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(theme.scaled(6))
        for part in (label(self.tr("Who was there"), "title"), self.attendance):
            left.addWidget(part)
        left.addSpacing(theme.scaled(8))
        left.addWidget(self.talked, 1)
        right.addWidget(self.decided)
        right.addSpacing(theme.scaled(8))
        right.addWidget(label(self.tr("Notes"), "title"))
        right.addWidget(self._notes, 1)
        self._sides.setSpacing(theme.scaled(28))
        self._sides.addLayout(left, 1)
        self._sides.addLayout(right, 1)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(theme.scaled(16), theme.scaled(12), theme.scaled(16), theme.scaled(12))
        whole.setSpacing(theme.scaled(12))
        whole.addLayout(head)
        whole.addLayout(self._sides, 1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(body)
        body.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def _connect(self) -> None:
        self.day.dateChanged.connect(self._set_day)
        self.discard.clicked.connect(self._discard)
        self.attendance.ticked.connect(self._set_attendance)
        self.talked.looked_for.connect(self.looked_for)
        self.decided.decide_asked.connect(self.decide_asked)
        self._notes.paused.connect(self.store_notes)

    def _set_day(self) -> None:
        if self._minutes is not None:
            self._bench.do(meetings.set_day, self._minutes.id, day_in(self.day))

    def _set_attendance(self, people: list[str]) -> None:
        if self._minutes is not None:
            self._bench.do(meetings.set_attendance, self._minutes.id, people)

    def _discard(self) -> None:
        if self._minutes is not None:
            self._bench.do(meetings.discard, self._minutes.id)
