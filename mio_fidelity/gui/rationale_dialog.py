"""Writing why the master codes give each scale what they give it."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.answer import OPEN
from mio_fidelity.coding import master_codes, masters
from mio_fidelity.coding.desk import Desk
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import answer_words
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import may_lose_words, sentence_label
from mio_fidelity.gui.session_notes import PAUSE_MS
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.workbench import Workbench, sentence

SIZE_PX = (900, 540)
LIST_PX, ROW_PX = 300, 30
MOST_MARKS = 5


class RationaleDialog(QDialog):
    """A scale at a time: what was given, the evidence, and the reason, stored while it is typed.

    Args:
        bench: The open study.
        rating_id: Master codes; submitted ones can only be read.
        parent: Over which window.
    """

    def __init__(self, bench: Workbench, rating_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench, self._rating_id = bench, rating_id
        found = bench.ask(master_codes.master_codes, rating_id)
        self._desk: Desk = found.desk
        self._stored = dict(found.rationales)
        self._scale = self._desk.instrument.scales[0].key
        self.setWindowTitle(self.tr("Reasons for the master codes"))
        self.list, self.text = QListWidget(), Words()
        self.title, self.given = label("", "title"), sentence_label("")
        self.marks, self.state = sentence_label("", "muted"), sentence_label("", "muted")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._connect()
        self.list.setCurrentRow(self._first_without())
        self.text.setFocus()

    @property
    def locked(self) -> bool:
        """Whether the reasons can only be read."""
        return self._desk.submitted_at is not None

    def save(self) -> bool:
        """Store what is written; whether all is stored."""
        self._pause.stop()
        text = self.text.toPlainText().strip()
        if self.locked or text == self._stored.get(self._scale, ""):
            return True
        try:
            done = self._bench.project.do(masters.set_rationale, self._rating_id, self._scale, text)
        except UserError as error:
            self._say(sentence(error), "alarm")
            return False
        self._stored[self._scale] = text
        self._name_rows()
        self._say(self.tr("✔ stored"), "ok")
        self._bench.changed.emit(done.changed)
        return True

    def step(self, by: int) -> None:
        """Go to the next scale, or back."""
        row = self.list.currentRow() + by
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)
            self.text.setFocus()

    def done(self, result: int) -> None:
        """Close, once all is stored, or may be lost."""
        if self.save() or may_lose_words(self):
            super().done(result)

    def _lay_out(self) -> None:
        self.list.setAccessibleName(self.tr("Scales"))
        self.list.setFixedWidth(theme.scaled(LIST_PX))
        for scale in self._desk.instrument.scales:
            self.list.addItem(scale.title)
            self.list.item(self.list.count() - 1).setSizeHint(QSize(0, theme.scaled(ROW_PX)))
        self._name_rows()
        self.text.setTabChangesFocus(True)
        self.text.setReadOnly(self.locked)
        self.text.setAccessibleName(self.tr("Reason"))
        self.text.setPlaceholderText(
            self.tr("No reason was written for this scale.")
            if self.locked
            else self.tr("What in the session makes it this point, and not the one above or below?")
        )
        right = QVBoxLayout()
        right.setSpacing(theme.scaled(6))
        for widget in (self.title, self.given, self.marks):
            right.addWidget(widget)
        right.addWidget(self.text, 1)
        right.addWidget(self.state)
        middle = QHBoxLayout()
        middle.setSpacing(theme.scaled(12))
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = box.button(QDialogButtonBox.StandardButton.Close)
        close.setText(self.tr("Close"))
        close.setIcon(QIcon())
        # Enter belongs to the text.
        close.setAutoDefault(False)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addLayout(middle, 1)
        column.addWidget(box)
        self.resize(*(theme.scaled(px) for px in SIZE_PX))

    def _connect(self) -> None:
        self._pause.timeout.connect(self.save)
        self.text.textChanged.connect(self._typed)
        self.text.left.connect(self.save)
        self.list.currentRowChanged.connect(self._turn_to)
        for keys, by in (("Ctrl+Return", 1), ("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda by=by: self.step(by))

    def _typed(self) -> None:
        self._say("")
        self._pause.start()

    def _turn_to(self, row: int) -> None:
        instrument = self._desk.instrument
        if row < 0 or not self.save():
            # What is typed belongs to the scale it was typed for.
            with QSignalBlocker(self.list):
                self.list.setCurrentRow([each.key for each in instrument.scales].index(self._scale))
            return
        scale = instrument.scales[row]
        self._scale = scale.key
        self.title.setText(f"{scale.number}. {scale.title}")
        self.given.setText(
            " · ".join(
                f"{instrument.dimensions[key].title}: "
                + answer_words(instrument.dimensions[key], self._desk.answers.get((scale.key, key), OPEN))
                for key in scale.dimensions
            )
        )
        self.marks.setText(self._evidence(scale.key))
        self.text.blockSignals(True)
        self.text.setPlainText(self._stored.get(scale.key, ""))
        self.text.blockSignals(False)
        if self.locked:
            self._say(self.tr("Submitted: trainees see these reasons. To change them, revise the codes."))
        else:
            self._say(self.tr("Do not write names or places. Ctrl+Enter goes on to the next scale."))

    def _evidence(self, scale: str) -> str:
        own = [mark for mark in self._desk.marks if mark.scale == scale]
        lines = [f"{format_ms(mark.at_ms)}  {mark.note}".rstrip() for mark in own[:MOST_MARKS]]
        if len(own) > MOST_MARKS:
            lines.append(self.tr("and {n} more").format(n=len(own) - MOST_MARKS))
        return "\n".join(lines) or self.tr("No evidence is marked on this scale.")

    def _name_rows(self) -> None:
        for row, scale in enumerate(self._desk.instrument.scales):
            has = bool(self._stored.get(scale.key))
            item = self.list.item(row)
            item.setText(f"{'✓' if has else '○'}  {scale.number}. {scale.title}")
            words = self.tr("{scale}: has a reason") if has else self.tr("{scale}: no reason yet")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words.format(scale=scale.title))

    def _first_without(self) -> int:
        waits = (
            row for row, scale in enumerate(self._desk.instrument.scales) if not self._stored.get(scale.key)
        )
        return next(waits, 0)

    def _say(self, words: str, role: str = "muted") -> None:
        self.state.setText(words)
        theme.set_role(self.state, role)


class Words(QPlainTextEdit):
    """A text that says when the keyboard went elsewhere.

    Signals:
        left: It did.
    """

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let nothing wait for the keyboard to come back."""
        super().focusOutEvent(event)
        self.left.emit()
