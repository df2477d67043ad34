"""Every command with a key, in one table: what the keys page shows, what can be remapped, when it works."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
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

from mio_fidelity.settings import Settings


class Where(Enum):
    """When a key works.

    FORM: while the form has the keyboard. PAGE: anywhere on the page, but not while typing.
    ALWAYS: while typing too.
    """

    FORM = "form"
    PAGE = "page"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the coding page: its name in the settings, words, keys, and what it calls."""

    key: str
    group: str
    title: str
    shortcuts: tuple[str, ...]
    method: str
    where: Where = Where.PAGE
    argument: int | str | None = None


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_RATE = QT_TRANSLATE_NOOP("Commands", "Rating")
_PLAY = QT_TRANSLATE_NOOP("Commands", "Listening")
_MARK = QT_TRANSLATE_NOOP("Commands", "Evidence and notes")
_MOVE = QT_TRANSLATE_NOOP("Commands", "Getting about")


COMMANDS = (
    *(
        Command(
            f"rate_{digit}",
            _RATE,
            QT_TRANSLATE_NOOP("Commands", "Give the point on this key"),
            (str(digit),),
            "rate_key",
            argument=str(digit),
        )
        for digit in range(1, 10)
    ),
    Command(
        "rate_0",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Point 0, or not applicable where 0 is no point"),
        ("0",),
        "rate_key",
        argument="0",
    ),
    Command(
        "not_applicable", _RATE, QT_TRANSLATE_NOOP("Commands", "Not applicable"), ("N",), "not_applicable"
    ),
    Command(
        "cannot_rate",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Cannot rate, with a reason"),
        ("X",),
        "cannot_rate",
    ),
    Command(
        "clear", _RATE, QT_TRANSLATE_NOOP("Commands", "Back to not yet rated"), ("Backspace",), "clear_answer"
    ),
    Command("next", _RATE, QT_TRANSLATE_NOOP("Commands", "Next rating"), ("Tab",), "next_slot", Where.FORM),
    Command(
        "previous",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Previous rating"),
        ("Shift+Tab",),
        "previous_slot",
        Where.FORM,
    ),
    Command(
        "down", _RATE, QT_TRANSLATE_NOOP("Commands", "Next scale"), ("Down",), "move_scale", Where.FORM, 1
    ),
    Command(
        "up", _RATE, QT_TRANSLATE_NOOP("Commands", "Previous scale"), ("Up",), "move_scale", Where.FORM, -1
    ),
    Command("undo", _RATE, QT_TRANSLATE_NOOP("Commands", "Take back the last rating"), ("Ctrl+Z",), "undo"),
    Command(
        "redo",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Give it again"),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
    ),
    Command(
        "submit",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Submit; once submitted, amend"),
        ("Ctrl+Return", "Ctrl+Enter"),
        "submit",
        Where.ALWAYS,
    ),
    Command(
        "play", _PLAY, QT_TRANSLATE_NOOP("Commands", "Play or pause"), ("Space",), "listening.player.toggle"
    ),
    Command(
        "play_always",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Play or pause, while typing too (foot pedal)"),
        ("F4", "Ctrl+Space", "Media Play", "Toggle Media Play/Pause"),
        "listening.player.toggle",
        Where.ALWAYS,
    ),
    Command(
        "back",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 5 seconds"),
        ("F3",),
        "listening.player.skip",
        Where.ALWAYS,
        -5_000,
    ),
    Command(
        "forward",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 5 seconds"),
        ("F5",),
        "listening.player.skip",
        Where.ALWAYS,
        5_000,
    ),
    Command(
        "back_far",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 15 seconds"),
        ("Shift+F3",),
        "listening.player.skip",
        Where.ALWAYS,
        -15_000,
    ),
    Command(
        "forward_far",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 15 seconds"),
        ("Shift+F5",),
        "listening.player.skip",
        Where.ALWAYS,
        15_000,
    ),
    Command(
        "back_arrow",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 5 seconds"),
        ("Left",),
        "listening.player.skip",
        argument=-5_000,
    ),
    Command(
        "forward_arrow",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 5 seconds"),
        ("Right",),
        "listening.player.skip",
        argument=5_000,
    ),
    Command(
        "slower",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Slower"),
        ("[",),
        "listening.player.step_rate",
        argument=-1,
    ),
    Command(
        "faster",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Faster"),
        ("]",),
        "listening.player.step_rate",
        argument=1,
    ),
    Command(
        "normal_speed",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Normal speed, and back to mine"),
        ("\\",),
        "listening.toggle_speed",
    ),
    Command(
        "loop",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Loop: set its start, its end, then end it"),
        ("L",),
        "listening.step_loop",
    ),
    Command(
        "go_to", _PLAY, QT_TRANSLATE_NOOP("Commands", "Go to a time"), ("Ctrl+G",), "go_to_time", Where.ALWAYS
    ),
    Command(
        "louder",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Louder"),
        ("Ctrl+Up",),
        "listening.change_volume",
        Where.ALWAYS,
        10,
    ),
    Command(
        "softer",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Softer"),
        ("Ctrl+Down",),
        "listening.change_volume",
        Where.ALWAYS,
        -10,
    ),
    Command("zoom_in", _PLAY, QT_TRANSLATE_NOOP("Commands", "Zoom in"), ("+", "="), "waveform.zoom_in"),
    Command("zoom_out", _PLAY, QT_TRANSLATE_NOOP("Commands", "Zoom out"), ("-",), "waveform.zoom_out"),
    Command(
        "mark", _MARK, QT_TRANSLATE_NOOP("Commands", "Mark evidence on this scale"), ("M",), "mark_evidence"
    ),
    Command(
        "manual",
        _MARK,
        QT_TRANSLATE_NOOP("Commands", "Manual page of this scale"),
        ("F2",),
        "show_manual",
        Where.ALWAYS,
    ),
    Command(
        "evidence",
        _MARK,
        QT_TRANSLATE_NOOP("Commands", "List of evidence"),
        ("F7",),
        "show_evidence",
        Where.ALWAYS,
    ),
    Command(
        "notes", _MARK, QT_TRANSLATE_NOOP("Commands", "Session notes"), ("F8",), "show_notes", Where.ALWAYS
    ),
    Command(
        "form",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Back to the form"),
        ("Escape",),
        "back_to_form",
        Where.ALWAYS,
    ),
    Command("keys", _MOVE, QT_TRANSLATE_NOOP("Commands", "All keys"), ("F1",), "show_keys", Where.ALWAYS),
    Command(
        "saved",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Nothing to save: all is stored already"),
        ("Ctrl+S",),
        "say_saved",
        Where.ALWAYS,
    ),
    Command(
        "preferences",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Preferences"),
        ("Ctrl+,",),
        "show_preferences",
        Where.ALWAYS,
    ),
    Command(
        "leave",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Back to my sessions"),
        ("Alt+Left", "Ctrl+W"),
        "leave",
        Where.ALWAYS,
    ),
)


def words(text: str) -> str:
    """The translation of a title or group of the table."""
    return QCoreApplication.translate("Commands", text)


def keys_of(command: Command, settings: Settings) -> tuple[QKeySequence, ...]:
    """The keys in force: the person's own, else the table's."""
    own = own_keys(settings).get(command.key)
    return tuple(QKeySequence(text) for text in ((own,) if own else command.shortcuts))


def key_of(name: str, settings: Settings) -> QKeySequence:
    """The first key in force of the command ``name``."""
    return keys_of(next(each for each in COMMANDS if each.key == name), settings)[0]


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
    except ValueError:
        return {}
    known = {command.key for command in COMMANDS}
    return (
        {str(key): str(value) for key, value in found.items() if key in known}
        if isinstance(found, dict)
        else {}
    )


def give_key(button: QAbstractButton, name: str, settings: Settings) -> None:
    """Let the key of the command ``name`` press ``button`` while it is in sight."""
    button.setShortcut(key_of(name, settings))


def install(page: QWidget, form: QWidget, settings: Settings) -> "Keys":
    """Give ``page`` the keys of the table; each calls the page's method of that name."""
    return Keys(page, form, settings)


class Keys(QObject):
    """The keys of a page, inert while somebody is typing except those that always work."""

    def __init__(self, page: QWidget, form: QWidget, settings: Settings) -> None:
        super().__init__(page)
        self._page = page
        self._form = form
        self._settings = settings
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            owner = form if command.where is Where.FORM else page
            self._actions[command.key] = self._action(command, owner)
        self.read_settings()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._mind_typing)

    def read_settings(self) -> None:
        """Take over the keys in force."""
        for command in COMMANDS:
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
        for command in COMMANDS:
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
