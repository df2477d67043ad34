"""The recovery key, shown once: printed or copied, and one group of it typed back."""

import secrets
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPagedPaintDevice
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
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
from mio_fidelity.gui.report_pdf import print_on, write_pdf
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
        self.print, self.save = QPushButton(self.tr("Print…")), QPushButton(self.tr("Save as PDF…"))
        self.copy = QPushButton(self.tr("Copy"))
        self.complaint = sentence_label("")
        self.complaint.hide()
        self.box = buttons(self, self.tr("I have it"))
        self._lay_out()
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(self._save)
        self.copy.clicked.connect(self._copy)
        for button in (self.print, self.save, self.copy):
            button.setAutoDefault(False)
        self.group.setFocus()

    def accept(self) -> None:
        """Let it open the study and close, when the group that was asked for has been typed."""
        typed = "".join(self.group.text().split()).upper()
        if typed != self._groups[self._asked]:
            words = self.tr("That is not this group. Look at what you printed or wrote down.")
            self._say(words, "alarm")
            self.group.selectAll()
            self.group.setFocus()
            return
        try:
            access.use_recovery_key(self._bench.project, self.key)
        except UserError as error:
            self._say(sentence(error), "alarm")
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
        for button in (self.print, self.save, self.copy):
            row.addWidget(button)
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
        grid.setVerticalSpacing(theme.scaled(2))
        # Each number belongs to the group below it.
        grid.setRowMinimumHeight(2, theme.scaled(10))
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
            grid.addWidget(label(str(nth + 1), "small"), 3 * row, place)
            grid.addWidget(shown, 3 * row + 1, place)
        return panel

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.key)
        self._say(self.tr("✔ Copied. It is taken off the clipboard when this window closes."), "ok")

    def _print(self) -> None:
        # Looked for only now: it can take a moment.
        if not QPrinterInfo.availablePrinterNames():
            words = self.tr("No printer is set up on this computer. Save a PDF, or write the key down.")
            self._say(words, "warn")
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.setModal(True)
        dialog.show()

    def print_on(self, printer: QPagedPaintDevice) -> None:
        """Print the page, and say whether the printer took it."""
        heading, html = self._page()
        if print_on(printer, html, heading):
            self._say(self.tr("Sent to the printer. Look at the paper before you go on."), "ok")
        else:
            self._say(self.tr("The printer did not take it. Save a PDF, or write the key down."), "alarm")
        self.group.setFocus()

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save as PDF"), self.tr("recovery-key.pdf"), self.tr("PDF files (*.pdf)")
        )
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the page to be printed; a sentence says when it cannot be written."""
        heading, html = self._page()
        try:
            write_pdf(path, html, heading)
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        words = self.tr("✔ Written. Print the file, then delete it: it is as good as the paper.")
        self._say(words, "ok")
        self.group.setFocus()

    def _page(self) -> tuple[str, str]:
        """The heading of the paper, and the page."""
        title = self._bench.ask(people.study_facts).title
        heading = self.tr("Recovery key of “{study}”").format(study=title)
        body = _rows(self._groups[:GROUPS_A_ROW], 1) + _rows(self._groups[GROUPS_A_ROW:], GROUPS_A_ROW + 1)
        words = self.tr(
            "Who has this paper and the study folder can open the study. Lock it away; make a new key when "
            "it is lost. To use it, open the study and type it in the place of the pass phrase."
        )
        return heading, (
            f"<h1>{escape(heading)}</h1><p>&nbsp;</p><table>{body}</table><p>&nbsp;</p><p>{escape(words)}</p>"
        )

    def _say(self, text: str, role: str) -> None:
        self.complaint.setText(text)
        theme.set_role(self.complaint, role)
        self.complaint.show()
        self.adjustSize()


def _rows(groups: list[str], first: int) -> str:
    """Groups on paper, each below its number."""
    numbers = "".join(f"<td class='muted'>{nth}</td>" for nth, _ in enumerate(groups, start=first))
    letters = "".join(
        f"<td style='font-family: monospace; font-size: 20pt; padding: 0 24px 14px 0'>{group}</td>"
        for group in groups
    )
    return f"<tr>{numbers}</tr><tr>{letters}</tr>"


def show_recovery_key(bench: Workbench, parent: QWidget) -> None:
    """Make a recovery key and show it; a sentence says when it cannot be made."""
    try:
        RecoveryDialog(bench, parent).open()
    except UserError as error:
        bench.refused.emit(error)
