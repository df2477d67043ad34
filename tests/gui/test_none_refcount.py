"""PySide6 6.12.0 drops a reference to None with every call and crashes Python 3.11 after some seconds."""

import sys

from PySide6.QtWidgets import QWidget


def test_calls_into_qt_keep_their_hands_off_none(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1_000):
        widget.update()
    assert sys.getrefcount(None) - before > -100
