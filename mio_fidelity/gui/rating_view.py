"""What the views of a rating share: the recording, the form beside it, the keys that act on the form."""

from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mio_fidelity.answer import Answer
from mio_fidelity.coding.rate import Change
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, lay_out_page
from mio_fidelity.gui.dialogs import GoToDialog
from mio_fidelity.gui.listening_card import ListeningCard
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Done

Form = TypeVar("Form", bound=ScaleForm)


class RatingView(QWidget, Generic[Form]):
    """A recording on the left, a form on the right. An heir says what lies above, below and beside them.

    Attributes:
        form: None until a rating is open.
        form_box: Where the form lies. Keys of the form live on it: it stays when a rating needs another form.
    """

    header: HeaderBar
    foot: FootBar

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.card = ListeningCard(bench)
        self.listening = self.card.listening
        self.waveform = self.card.waveform
        self.form: Form | None = None
        self.form_box = QWidget()
        self._box = QVBoxLayout(self.form_box)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.card.transport.loop_asked.connect(self.listening.step_loop)

    # What keys of command_table call.

    def next_slot(self) -> None:
        """Go to the next slot."""
        self._form.focus_next()

    def previous_slot(self) -> None:
        """Go to the slot before."""
        self._form.focus_previous()

    def move_scale(self, by: int) -> None:
        """Go up or down a scale."""
        self._form.move_scale(by)

    def back_to_form(self) -> None:
        """Put the keyboard back on the form."""
        self._form.focus_slot(*self._form.current)

    @property
    def _form(self) -> Form:
        if self.form is None:
            raise RuntimeError("no rating is open")
        return self.form

    def _take_form(self, form: Form) -> None:
        """Show this form in place of the one there is."""
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = form
        self._box.addWidget(form)

    def _put_together(
        self, side: QWidget, above: QWidget | None = None, below: QWidget | None = None
    ) -> None:
        """Lay the page out: ``side`` under the recording, ``above`` and ``below`` the form what there is."""
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(theme.scaled(10))
        left.addWidget(self.card)
        left.addWidget(side, 1)
        right.setSpacing(theme.scaled(8))
        for widget in (above, self.form_box, below):
            if widget is not None:
                right.addWidget(widget, int(widget is self.form_box))
        main = QHBoxLayout()
        main.setContentsMargins(theme.scaled(14), theme.scaled(10), theme.scaled(14), theme.scaled(6))
        main.setSpacing(theme.scaled(12))
        main.addLayout(left, 5)
        main.addLayout(right, 6)
        lay_out_page(self, self.header, main, self.foot)

    def _ask_time(self, duration_ms: int) -> None:
        """Ask for a time and go there; playback goes on meanwhile."""
        dialog = GoToDialog(duration_ms, self)
        dialog.chosen.connect(self.listening.player.seek)
        self._open(dialog)

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Where is the recording now?"))
        if path:
            self.listening.locate(Path(path))

    def _play_at(self, at_ms: int) -> None:
        self.listening.player.seek(at_ms)
        self.listening.player.play()

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class AnsweringView(RatingView[Form]):
    """One whose form is filled in: each answer is stored at once (`_store`), and can be taken back."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._done: list[Change] = []
        self._undone: list[Change] = []

    # What keys of command_table call.

    def rate_key(self, key: str) -> None:
        """A digit was pressed."""
        self._form.rate_key(key)

    def not_applicable(self) -> None:
        """Not applicable, for the current slot."""
        self._form.choose_not_applicable()

    def cannot_rate(self) -> None:
        """Ask for the reason why the current slot cannot be rated."""
        self._form.ask_reason()

    def clear_answer(self) -> None:
        """Back to open."""
        self._form.clear_current()

    def undo(self) -> None:
        """Take back the last answer."""
        self._move_change(self._done, self._undone, back=True)

    def redo(self) -> None:
        """Give the answer again that was taken back."""
        self._move_change(self._undone, self._done, back=False)

    def _store(self, scale: str, dimension: str, answer: Answer) -> Done[Change] | None:
        """Do the verb; None when it was refused."""
        raise NotImplementedError

    def _forget_changes(self) -> None:
        """Begin with another rating."""
        self._done, self._undone = [], []

    def _answer(self, scale: str, dimension: str, answer: Answer) -> None:
        self.foot.say("")
        done = self._store(scale, dimension, answer)
        if done is not None:
            self._done.append(done.value)
            self._undone.clear()

    def _move_change(self, source: list[Change], target: list[Change], back: bool) -> None:
        if not source:
            self.foot.say(
                self.tr("There is nothing to take back.")
                if back
                else self.tr("There is nothing to give again.")
            )
            return
        change = source.pop()
        self._form.focus_slot(change.scale, change.dimension)
        done = self._store(change.scale, change.dimension, change.before if back else change.after)
        (source if done is None else target).append(change)
