"""The keys in force: from the table and the preferences to the page, inert while somebody is typing."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter

from PySide6.QtCore import QCoreApplication, QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from mio_fidelity.gui.command_table import COMMANDS, CONSENSUS_ONLY, WINDOW_COMMANDS, Command, Where
from mio_fidelity.settings import Settings

ALL_COMMANDS = (*COMMANDS, *CONSENSUS_ONLY, *WINDOW_COMMANDS)


def words(text: str) -> str:
    """The translation of a title or group of the table."""
    return QCoreApplication.translate("Commands", text)


def keys_of(command: Command, settings: Settings) -> tuple[QKeySequence, ...]:
    """The keys in force: the person's own, else the table's."""
    own = own_keys(settings).get(command.key)
    return tuple(QKeySequence(text) for text in ((own,) if own else command.shortcuts))


def key_of(name: str, settings: Settings) -> QKeySequence:
    """The first key in force of the command ``name``."""
    return keys_of(next(each for each in ALL_COMMANDS if each.key == name), settings)[0]


def types_nothing(key: QKeySequence) -> bool:
    """Whether ``key`` can belong to a command that works while typing too: no text needs it."""
    # A sequence can be indexed, though the type hints do not know.
    pressed: QKeyCombination = key[0]  # type: ignore[index]
    modifiers = Qt.KeyboardModifier
    if pressed.keyboardModifiers() & (
        modifiers.ControlModifier | modifiers.AltModifier | modifiers.MetaModifier
    ):
        return True
    return pressed.key() == Qt.Key.Key_Escape or Qt.Key.Key_F1 <= pressed.key() < Qt.Key.Key_AltGr


def own_keys(settings: Settings) -> Mapping[str, str]:
    """The keys that were changed: command to key; what cannot be read counts as nothing."""
    try:
        found = json.loads(settings.text("keys"))
    except (ValueError, RecursionError):
        return {}
    known = {command.key for command in ALL_COMMANDS}
    return (
        {str(key): str(value) for key, value in found.items() if key in known}
        if isinstance(found, dict)
        else {}
    )


def give_key(button: QAbstractButton, name: str, settings: Settings) -> None:
    """Let the key of the command ``name`` press ``button`` while it is in sight."""
    button.setShortcut(key_of(name, settings))


def install(
    page: QWidget, form: QWidget, settings: Settings, commands: Sequence[Command] = COMMANDS
) -> "Keys":
    """Give ``page`` the keys of a table; each calls the page's method of that name."""
    return Keys(page, form, settings, commands)


class Keys(QObject):
    """The keys of a page, inert while somebody is typing except those that always work."""

    def __init__(self, page: QWidget, form: QWidget, settings: Settings, commands: Sequence[Command]) -> None:
        super().__init__(page)
        self._commands = commands
        self._page = page
        self._form = form
        self._settings = settings
        self._actions: dict[str, QAction] = {}
        for command in self._commands:
            owner = form if command.where is Where.FORM else page
            self._actions[command.key] = self._action(command, owner)
        self.read_settings()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._mind_typing)

    def read_settings(self) -> None:
        """Take over the keys in force."""
        for command in self._commands:
            self._actions[command.key].setShortcuts(list(keys_of(command, self._settings)))

    def _action(self, command: Command, owner: QWidget) -> QAction:
        action = QAction(owner)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        method = attrgetter(command.method)(self._page)
        if command.argument is None:
            action.triggered.connect(lambda: method())
        else:
            action.triggered.connect(lambda: method(command.argument))
        owner.addAction(action)
        return action

    def _mind_typing(self, _old: QWidget | None, new: QWidget | None) -> None:
        typing = is_typing(new)
        for command in self._commands:
            works = command.where is Where.ALWAYS or not typing
            # On a button reached by Tab, Space presses the button, as everywhere.
            if (
                command.key == "play"
                and isinstance(new, QAbstractButton)
                and not self._form.isAncestorOf(new)
            ):
                works = False
            self._actions[command.key].setEnabled(works)


def is_typing(widget: QWidget | None) -> bool:
    """Whether what has the keyboard takes text."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox)
