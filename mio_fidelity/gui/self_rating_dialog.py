"""Asking a counselor to rate own sessions."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mio_fidelity.coding.self_ratings import OwnSession, ask_for, own_sessions
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.workbench import Workbench, sentence

WIDTH_PX = 460


class SelfRatingDialog(QDialog):
    """The counselor's sessions to tick; those asked for already are there with how far they are.

    Args:
        bench: Answers and runs the verb.
        code: The counselor's code.
        spoken: Whether the instrument has words for self-ratings.
        parent: Its parent.
    """

    def __init__(self, bench: Workbench, code: str, spoken: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._code = bench, code
        self.setWindowTitle(self.tr("Self-ratings"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Sessions of the counselor"))
        self.problem = sentence_label("", "alarm")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(label(self.tr("Self-ratings by {code}").format(code=code), "title"))
        words = self.tr(
            "Whoever is this counselor signs in, as a clinician, and finds these sessions to rate: only the "
            "own ones, without a need to listen. Self-ratings are compared with those of coders."
        )
        column.addWidget(sentence_label(words, "muted"))
        if not spoken:
            words = self.tr(
                "This edition of the instrument has no words for self-ratings: the form is that of coders."
            )
            column.addWidget(sentence_label(words, "warn"))
        column.addWidget(self.list, 1)
        column.addWidget(self.problem)
        self._box = buttons(self, self.tr("Ask for them"))
        column.addWidget(self._box)
        self.setMinimumWidth(theme.scaled(WIDTH_PX))
        for each in bench.ask(own_sessions, code):
            self._add(each)
        self.list.itemChanged.connect(lambda _: self._count())
        bench.refused.connect(self._take_refusal)
        self._count()

    def accept(self) -> None:
        """Ask for those that are ticked."""
        if self._bench.do(ask_for, self._code, self._ticked()) is not None:
            super().accept()

    def _add(self, each: OwnSession) -> None:
        name = f"{each.client}-{each.number}"
        if each.submitted_at:
            words = self.tr("{session}: rated by the counselor")
        elif each.asked_at:
            words = self.tr("{session}: asked for")
        elif each.coded:
            words = self.tr("{session}: coded")
        else:
            words = self.tr("{session}: not coded yet")
        item = QListWidgetItem(words.format(session=name))
        item.setData(Qt.ItemDataRole.UserRole, each.session_id)
        if each.asked_at:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        else:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if each.coded else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    def _ticked(self) -> list[str]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable and item.checkState() == Qt.CheckState.Checked
        ]

    def _count(self) -> None:
        self._box.button(self._box.StandardButton.Ok).setEnabled(bool(self._ticked()))

    def _take_refusal(self, error: UserError) -> None:
        self.problem.setText(sentence(error))
        self.problem.show()
