"""One handler of Qt's messages for the whole run.

pytest-qt takes its handler away after each test. A sound thread that speaks at that very moment then calls a
handler that is gone, and the whole run dies: a null callable in PySide6's handler, with PySide6 6.11.3.
"""

import sys
from typing import Any

from PySide6.QtCore import qInstallMessageHandler
from pytestqt.logging import _QtMessageCapture

_listening: list[Any] = []


def _hand_on(kind: Any, context: Any, message: str) -> None:
    if _listening:
        _listening[-1]._handle_with_context(kind, context, message)
    else:
        print(message, file=sys.stderr)


def _start(capture: Any) -> None:
    _listening.append(capture)


def _stop(capture: Any) -> None:
    _listening.remove(capture)


def keep_one_handler() -> None:
    """From now on the captures of tests take turns behind a handler that stays."""
    _QtMessageCapture._start = _start  # type: ignore[method-assign]
    _QtMessageCapture._stop = _stop  # type: ignore[method-assign]
    qInstallMessageHandler(_hand_on)


def let_go() -> None:
    """The run is over; nobody plays any more."""
    qInstallMessageHandler(None)
