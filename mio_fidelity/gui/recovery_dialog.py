"""The recovery key, shown once: printed or copied, and one group of it typed back."""

import secrets
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import access, people
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.report_pdf import write_pdf
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store.keys import RECOVERY

WIDTH_PX = 560
GROUPS_A_ROW = 4


class RecoveryDialog(QDialog):
    """Shows a recovery key; until a group of it has been typed back, the one before stays.

    Args:
        bench: The open study.
        parent: Over which window.

    Raises:
        UserError: the person signed in is no supervisor.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Recovery key"))
        self._bench = bench
        self.key = access.fresh_recovery_key(bench.project)
        self._groups = self.key.split("-")
        self._asked = secrets.randbelow(len(self._groups))
        self.group = QLineEdit()
        self.print = QPushButton(self.tr("Print to a PDF…"))
        self.copy = QPushButton(self.tr("Copy"))
        self.complaint = sentence_label("", "alarm")
        self.complaint.hide()
        self.box = buttons(self, self.tr("I have it"))
        self._lay_out()
        self.print.clicked.connect(self._print)
        self.copy.clicked.connect(self._copy)
        for button in (self.print, self.copy):
            button.setAutoDefault(False)
        self.group.setFocus()

    def accept(self) -> None:
        """Let it open the study and close, when the group that was asked for has been typed."""
        typed = "".join(self.group.text().split()).upper()
        if typed != self._groups[self._asked]:
            self._say(self.tr("That is not this group. Look at what you printed or wrote down."))
            self.group.selectAll()
            self.group.setFocus()
            return
        try:
            access.use_recovery_key(self._bench.project, self.key)
        except UserError as error:
            self._say(sentence(error))
            return
        super().accept()

    def done(self, result: int) -> None:
        """Leave nothing of it on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.text() == self.key:
            clipboard.clear()
        super().done(result)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        words = self.tr(
            "If every supervisor's pass phrase is forgotten, this key gives one of them a new one. It opens "
            "the whole study and is shown only now: print it or write it down, and lock the paper away."
        )
        top = sentence_label(words)
        top.setMinimumWidth(theme.scaled(WIDTH_PX))
        column.addWidget(top)
        column.addWidget(self._key_panel())
        row = QHBoxLayout()
        row.addWidget(self.print)
        row.addWidget(self.copy)
        row.addStretch(1)
        column.addLayout(row)
        ask = label(self.tr("Type group {n} of it, to be sure that you have it:").format(n=self._asked + 1))
        ask.setBuddy(self.group)
        self.group.setAccessibleName(ask.text())
        self.group.setMaximumWidth(theme.scaled(140))
        column.addWidget(ask)
        column.addWidget(self.group)
        column.addWidget(self.complaint)
        away = self.box.button(self.box.StandardButton.Cancel)
        away.setText(
            self.tr("Keep the one before")
            if RECOVERY in self._bench.project.ring.names()
            else self.tr("Without a recovery key")
        )
        column.addWidget(self.box)

    def _key_panel(self) -> QWidget:
        """The groups with their numbers, to be read aloud and selected."""
        panel = QWidget()
        theme.set_role(panel, "panel")
        grid = QGridLayout(panel)
        edge = theme.scaled(14)
        grid.setContentsMargins(edge, edge, edge, edge)
        grid.setHorizontalSpacing(theme.scaled(24))
        letters = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        letters.setPixelSize(round(theme.font().pixelSize() * 1.5))
        for nth, group in enumerate(self._groups):
            shown = label(group)
            shown.setFont(letters)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            shown.setAccessibleName(
                self.tr("Group {n}: {letters}").format(n=nth + 1, letters=" ".join(group))
            )
            row, place = divmod(nth, GROUPS_A_ROW)
            grid.addWidget(label(str(nth + 1), "small"), 2 * row, place)
            grid.addWidget(shown, 2 * row + 1, place)
        return panel

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.key)
        self._say(self.tr("Copied. It is taken off the clipboard when this window closes."))

    def _print(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Print to a PDF"), self.tr("recovery-key.pdf"), self.tr("PDF files (*.pdf)")
        )
        if path:
            self.print_to(Path(path))

    def print_to(self, path: Path) -> None:
        """Write the page to be printed; a sentence says when it cannot be written."""
        title = self._bench.ask(people.study_facts).title
        heading = self.tr("Recovery key of “{study}”").format(study=title)
        rows = [self._groups[:GROUPS_A_ROW], self._groups[GROUPS_A_ROW:]]
        body = "<br>".join("&nbsp;&nbsp;&nbsp;".join(row) for row in rows)
        words = self.tr(
            "Who has this paper and the study folder can open the study. Lock it away; make a new key when "
            "it is lost. To use it, open the study and type it in the place of the pass phrase."
        )
        html = (
            f"<h1>{escape(heading)}</h1><p>&nbsp;</p>"
            f'<p style="font-family: monospace; font-size: 20pt;">{body}</p>'
            f"<p>&nbsp;</p><p>{escape(words)}</p>"
        )
        try:
            write_pdf(path, html, heading)
        except UserError as error:
            self._say(sentence(error))
            return
        self._say(self.tr("Written. Print the file, then delete it: it is as good as the paper."))

    def _say(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.show()
        self.adjustSize()


def show_recovery_key(bench: Workbench, parent: QWidget) -> None:
    """Make a recovery key and show it; a sentence says when it cannot be made."""
    try:
        RecoveryDialog(bench, parent).open()
    except UserError as error:
        bench.refused.emit(error)
