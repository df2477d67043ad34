"""The window with nothing open, as somebody finds it who starts the program."""

from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings

# What Qt says of a machine without window manager and sound.
QUIET = pytest.mark.qt_log_ignore("propagateSizeHints", "pipewire", "PulseAudioService")


def front_window(settings: Settings, qtbot: Any, qapp: QApplication) -> MainWindow:
    """A shown window of the program on its first page."""
    theme.apply(qapp, "light")
    window = MainWindow(Workbench(settings))
    qtbot.addWidget(window, before_close_func=lambda each: each.close())
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def press(*keys: Qt.Key, mod: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None
        QTest.keyClick(target, key, mod)


def write(text: str) -> None:
    """Type into what has the keyboard."""
    QTest.keyClicks(QApplication.focusWidget(), text)


def button(parent: QWidget, words: str) -> QPushButton:
    """The button in sight that says ``words``."""
    found = [each for each in parent.findChildren(QPushButton) if each.isVisible() and words in each.text()]
    assert len(found) == 1, [each.text() for each in parent.findChildren(QPushButton)]
    return found[0]


def choose_row(table: QAbstractItemView, row: int) -> None:
    """Choose one row alone, whatever keys Qt believes to be held."""
    index = table.model().index(row, 0)
    how = QItemSelectionModel.SelectionFlag
    table.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
