"""The evidence list: every moment a coder marked, and the note that says why."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import choice
from mio_fidelity.gui.evidence_rows import (
    NOTE,
    TIME,
    EvidenceModel,
    EvidenceRow,
    EvidenceTable,
    RowDelegate,
)
from mio_fidelity.gui.note_edit import NoteEdit

__all__ = ["EvidenceList", "EvidenceRow"]

_STEP_MS = 1_000


class Marked(Protocol):
    """What a note can be begun for: a mark of the waveform or a row of this list."""

    @property
    def id(self) -> str: ...
    @property
    def at_ms(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def color_key(self) -> str: ...


class EvidenceList(QWidget):
    """Shows the marks, goes to them, and is where notes are written.

    It changes nothing itself: it says what the person wants, and shows what it is given.

    Args:
        parent: Its parent.
        mark_key: The key that marks evidence, as the person reads it.
    """

    sought = Signal(int)
    """A row was clicked or entered; its time in milliseconds."""
    note_edited = Signal(str, str)
    """A note was written: the mark's id and the text. Also comes while typing, after a short pause."""
    note_done = Signal()
    """The note of a new mark was kept with Enter; the keyboard may go back to the form."""
    note_cancelled = Signal(str)
    """Escape was pressed on the note of a new mark; its id."""
    removed = Signal(str)
    """A mark should go; its id."""
    moved = Signal(str, int)
    """A mark should lie elsewhere: its id and the new time in milliseconds."""

    def __init__(self, parent: QWidget | None = None, mark_key: str = "M") -> None:
        super().__init__(parent)
        self._rows: tuple[EvidenceRow, ...] = ()
        self._scale: int | None = None
        self._locked = False
        self._note: NoteEdit | None = None
        self._mark_key = mark_key
        self._all = choice(self.tr("All"))
        self._this = choice(self.tr("This scale"))
        self._all.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self._all)
        group.addButton(self._this)
        group.buttonClicked.connect(self._show)
        self._model = EvidenceModel(self)
        self._delegate = RowDelegate(self)
        self._table = EvidenceTable(self)
        self._table.setModel(self._model)
        self._table.setItemDelegate(self._delegate)
        self._table.setAccessibleName(self.tr("Evidence"))
        self._table.clicked.connect(self._go)
        self._table.doubleClicked.connect(self._edit)
        self._add_actions()
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        theme.set_role(self._empty, "muted")
        self._lay_out()
        self._show()

    def show_marks(self, rows: Sequence[EvidenceRow]) -> None:
        """Show these marks; selection, place in the list and a note being typed stay."""
        before, self._rows = self._rows, tuple(rows)
        if self._note is not None:
            for row in self._rows:
                if row.id == self._note.row.id:
                    self._note.show_stored(row.note)
        # Asked for at every key press of the form.
        if self._rows != before:
            self._show()

    def focus_scale(self, number: int | None) -> None:
        """Set which scale "This scale" means; None when none is focused."""
        if number != self._scale:
            self._scale = number
            self._show()

    def set_locked(self, locked: bool) -> None:
        """Show a finished rating: marks can be listened to, not changed."""
        if locked:
            self.end_note()
        if locked != self._locked:
            self._locked = locked
            self._show()

    def begin_note(self, mark: Marked) -> None:
        """Put the keyboard into the note of a mark just made, which is shown even if not yet passed in."""
        known = next((row for row in self._rows if row.id == mark.id), None)
        self._open(known or EvidenceRow(mark.id, mark.at_ms, mark.number, "", mark.color_key), is_new=True)

    def store_note(self) -> bool:
        """Pass on what is being typed; typing goes on. Whether it was stored."""
        if self._note is None:
            return True
        self._note.save()
        return not self._note.waits

    def end_note(self) -> None:
        """Pass on what is being typed and close its line, also when it could not be stored."""
        self.store_note()
        self._shut()

    def show_mark_key(self, key: str) -> None:
        """Say which key marks evidence, as the person reads it."""
        self._mark_key = key
        self._key.setText(key)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the rows to another font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._table.lay_out()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        self._key = QLabel(self._mark_key)
        theme.set_role(self._key, "key")
        hint = QLabel(self.tr("mark on the focused scale"))
        privacy = QLabel(self.tr("Do not write names or places."))
        for label in (hint, privacy):
            theme.set_role(label, "small")
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(12, 8, 12, 8)
        foot.addWidget(self._key)
        # With large letters the warning needs the room more.
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot.addWidget(hint, stretch=1)
        foot.addWidget(privacy)
        self._head = QWidget()
        top = QHBoxLayout(self._head)
        top.setContentsMargins(8, 4, 8, 4)
        top.addWidget(self._all)
        top.addWidget(self._this)
        top.addStretch()
        column = QVBoxLayout(self)
        # The edge of the panel stays in sight.
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._head)
        self._empty.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self._empty)
        column.addWidget(self._table, stretch=1)
        column.addWidget(self._foot)
        column.addStretch()

    def _add_actions(self) -> None:
        """What can be done with a row, by key and by menu."""
        table: tuple[tuple[str, list[str], Callable[[], None], bool], ...] = (
            (self.tr("Go there"), ["Return", "Enter"], self._go, False),
            (self.tr("Edit the note"), ["F2"], self._edit, True),
            (self.tr("1 second earlier"), ["-"], lambda: self._move(-_STEP_MS), True),
            (self.tr("1 second later"), ["+", "="], lambda: self._move(_STEP_MS), True),
            (self.tr("Remove"), ["Del", "Backspace"], self._remove, True),
        )
        self._changing: list[QAction] = []
        for words, keys, method, changes in table:
            action = QAction(words, self._table)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, method=method: method())
            self._table.addAction(action)
            if changes:
                self._changing.append(action)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _show(self) -> None:
        rows = [row for row in self._rows if self._all.isChecked() or row.number == self._scale]
        if self._note is not None:
            # The row being written stays as it is, whatever happens to it elsewhere.
            rows = [row for row in rows if row.id != self._note.row.id] + [self._note.row]
        self._delegate.noted = self._note.row.id if self._note is not None else ""
        chosen = self._chosen()
        self._model.show(rows)
        if chosen is not None:
            self._choose(chosen.id)
        here = sum(row.number == self._scale for row in self._rows)
        self._all.setText(self.tr("All · {count}").format(count=len(self._rows)))
        self._this.setText(self.tr("This scale · {count}").format(count=here))
        self._this.setEnabled(self._scale is not None)
        for action in self._changing:
            action.setEnabled(not self._locked)
        self._empty.setText(self._why_empty())
        self._empty.setVisible(not rows)
        self._table.setVisible(bool(rows))
        self._head.setVisible(bool(self._rows))
        self._foot.setVisible(bool(rows) and not self._locked)
        self._table.lay_out()

    def _why_empty(self) -> str:
        if self._locked:
            return self.tr("No evidence was marked.")
        key = self._mark_key
        if self._rows:
            return self.tr("No evidence on this scale yet. Press {key} when you hear some.").format(key=key)
        return self.tr(
            "Evidence keeps the moments your scores rest on, so that you and your supervisor can hear them "
            "again. Press {key} while you listen to mark one on the focused scale and type a short note."
        ).format(key=key)

    def _chosen(self) -> EvidenceRow | None:
        chosen = self._table.selectionModel().selectedRows()
        return self._model.rows[chosen[0].row()] if chosen else None

    def _choose(self, mark_id: str) -> None:
        place, now = self._model.place_of(mark_id), self._chosen()
        if place is not None and (now is None or now.id != mark_id):
            self._table.selectRow(place)

    def _go(self, _: QModelIndex | None = None) -> None:
        row = self._chosen()
        if row is not None:
            self.sought.emit(row.at_ms)

    def _edit(self, _: QModelIndex | None = None) -> None:
        row = self._chosen()
        if row is not None and not self._locked:
            self._open(row, is_new=False)

    def _move(self, by_ms: int) -> None:
        row = self._chosen()
        if row is not None:
            self.moved.emit(row.id, max(0, row.at_ms + by_ms))

    def _remove(self) -> None:
        row = self._chosen()
        if row is not None:
            self.removed.emit(row.id)

    def _open(self, row: EvidenceRow, is_new: bool) -> None:
        """Open the line for the note in the mark's row."""
        self._leave()
        if self._locked:
            return
        if self._note is not None:
            self._note.setFocus()
            return
        self._note = NoteEdit(row, is_new)
        self._show()
        place = self._model.place_of(row.id)
        assert place is not None
        time = self._model.index(place, TIME).data()
        self._note.setAccessibleName(self.tr("Note, {time}").format(time=time))
        self._note.edited.connect(self.note_edited)
        self._note.kept.connect(lambda: self._close(cancelled=False))
        self._note.cancelled.connect(lambda: self._close(cancelled=True))
        self._note.left.connect(self._leave)
        index = self._model.index(place, NOTE)
        self._table.setIndexWidget(index, self._note)
        self._table.selectRow(place)
        self._table.scrollTo(index)
        self._note.setFocus()

    def _leave(self) -> None:
        """Keep what was typed and close the line; text that could not be stored stays where it is."""
        if self.store_note():
            self._shut()

    def _shut(self) -> None:
        """Close the line; the list takes the keyboard if the line still had it."""
        if self._note is None:
            return
        note, self._note = self._note, None
        if note.hasFocus():
            self._table.setFocus()
        note.hide()
        place = self._model.place_of(note.row.id)
        if place is not None:
            # None takes the line away, though the type hints do not know.
            self._table.setIndexWidget(self._model.index(place, NOTE), None)  # type: ignore[arg-type]
        self._show()

    def _close(self, cancelled: bool) -> None:
        """Close the line after Enter or Escape; a new mark's note gives the keyboard back to the page."""
        note = self._note
        if note is None:
            return
        self._leave()
        if self._note is note:
            return
        if note.is_new and cancelled:
            self.note_cancelled.emit(note.row.id)
        elif note.is_new:
            self.note_done.emit()
