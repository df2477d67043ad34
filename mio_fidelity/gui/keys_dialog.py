"""All keys on one page, made from the table that makes them work; a key can be changed here."""

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.command_table import COMMANDS, WINDOW_COMMANDS, Command, Where
from mio_fidelity.gui.commands import keys_of, own_keys, types_nothing, words
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.settings import Settings


class KeysDialog(QDialog):
    """Shows the keys in force; choose a line, press a new key, keep it."""

    changed = Signal()

    def __init__(
        self, settings: Settings, parent: QWidget | None = None, commands: Sequence[Command] = COMMANDS
    ) -> None:
        super().__init__(parent)
        self._commands = (*commands, *WINDOW_COMMANDS)
        self.setWindowTitle(self.tr("All keys"))
        self._settings = settings
        self._help = sentence_label("", "muted")
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("All keys"))
        self.tree.setHeaderLabels([self.tr("Key"), self.tr("What it does"), self.tr("When")])
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setAllColumnsShowFocus(True)
        self.recorder = QKeySequenceEdit()
        self.recorder.setMaximumSequenceLength(1)
        self.recorder.setAccessibleName(self.tr("New key for the chosen line"))
        self.keep = QPushButton(self.tr("Use this key"))
        self.back = QPushButton(self.tr("Back to the usual key"))
        self._lay_out()
        self._fill()
        self._ask()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for widget in (self.recorder, self.keep, self.back):
            row.addWidget(widget)
        row.addStretch(1)
        close = QPushButton(self.tr("Close"))
        theme.set_role(close, "primary")
        close.clicked.connect(self.accept)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(self.tree, 1)
        column.addWidget(self._help)
        column.addLayout(row)
        self.keep.clicked.connect(self._keep)
        self.back.clicked.connect(self._forget)
        self.recorder.keySequenceChanged.connect(self._say_clash)
        self.tree.currentItemChanged.connect(lambda *_: self.recorder.clear())
        self.resize(theme.scaled(760), theme.scaled(600))

    def _fill(self) -> None:
        chosen = self._chosen()
        self.tree.clear()
        when = {
            Where.FORM: self.tr("on the form"),
            Where.PAGE: self.tr("not while typing"),
            Where.ALWAYS: self.tr("while typing too"),
        }
        group, parent = "", QTreeWidgetItem()
        for command in self._commands:
            if command.group != group:
                group, parent = command.group, self._heading(words(command.group))
            keys = "   ".join(shown(key) for key in keys_of(command, self._settings))
            item = QTreeWidgetItem(parent, [keys, words(command.title), when[command.where]])
            item.setToolTip(0, keys)
            item.setToolTip(1, words(command.title))
            item.setData(0, Qt.ItemDataRole.UserRole, command.key)
            if chosen is command:
                self.tree.setCurrentItem(item)
        self.tree.expandAll()
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().resizeSection(0, theme.scaled(190))
        self.tree.resizeColumnToContents(2)

    def _heading(self, text: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [text])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setFirstColumnSpanned(True)
        item.setFont(0, theme.font(bold=True))
        return item

    def _chosen(self) -> Command | None:
        item = self.tree.currentItem()
        key = item.data(0, Qt.ItemDataRole.UserRole) if item else None
        return next((command for command in self._commands if command.key == key), None)

    def _keep(self) -> None:
        command, sequence = self._chosen(), self.recorder.keySequence()
        if command is None or sequence.isEmpty():
            self._ask()
            return
        if not self._say_clash():
            text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
            self._store({**own_keys(self._settings), command.key: text})

    def _forget(self) -> None:
        command = self._chosen()
        if command is not None:
            kept = {key: text for key, text in own_keys(self._settings).items() if key != command.key}
            self._store(kept)

    def _store(self, keys: dict[str, str]) -> None:
        self._settings["keys"] = json.dumps(keys)
        self._fill()
        self._ask()
        self.changed.emit()

    def _say_clash(self) -> bool:
        """Whether the key just pressed cannot be had, being another's or needed for typing; says so."""
        sequence, mine = self.recorder.keySequence(), self._chosen()
        for command in self._commands:
            if command is not mine and sequence in keys_of(command, self._settings):
                text = self.tr("{key} is taken: {title}. Press another key.")
                self._help.setText(text.format(key=shown(sequence), title=words(command.title)))
                return True
        always = mine is not None and mine.where is Where.ALWAYS
        if always and not sequence.isEmpty() and not types_nothing(sequence):
            text = self.tr("This works while typing too, so {key} cannot be its key. Press another key.")
            self._help.setText(text.format(key=shown(sequence)))
            return True
        self._ask()
        return False

    def _ask(self) -> None:
        self._help.setText(
            self.tr(
                "To change a key, choose its line, go to the field below and press the new key. Foot pedals "
                "that send function keys work while this window is in front."
            )
        )
