"""Somebody at the real program, in a process of its own; what the program shows to others is noted."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget

from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.workbench import Workbench
from tests.gui.traces import NEEDLE, Places

LONG_S = 60
STARTS = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty", "os.system")
MAKES = ("os.mkdir", "os.rename", "os.link", "os.symlink")


class Noted:
    """What the process does that stays: files it writes to, programs it starts. Python's own part of it."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self.started: set[str] = set()
        self.on = True
        sys.addaudithook(self._take)

    def _take(self, event: str, words: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in STARTS:
            self.started.add(f"{event}: {words!r}")
        elif event in MAKES:
            # The last path of a renaming is the new one.
            self._note([each for each in words if isinstance(each, str | bytes)][-1:])
        elif (
            event == "open"
            and isinstance(words[2], int)
            and words[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        ):
            self._note(words[:1])

    def _note(self, places: Iterable[Any]) -> None:
        for place in places:
            if not isinstance(place, str | bytes | os.PathLike):
                continue
            path = os.path.abspath(os.fsdecode(place))
            # What Python keeps compiled is Python's own.
            if "__pycache__" not in path and not path.startswith(sys.pycache_prefix or "\0"):
                self.written.add(path)


class Seat:
    """A person at the window.

    Args:
        places: Where she works.
        noted: What was noted from the beginning.
    """

    def __init__(self, places: Places, noted: Noted) -> None:
        self.places, self._noted = places, noted
        self.titles: set[str] = set()
        self.proposed: list[str] = []
        self.said: list[str] = []

    @property
    def window(self) -> Any:
        """The program's window."""
        (found,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
        return found

    @property
    def bench(self) -> Workbench:
        """What its pages share."""
        found: Workbench = self.window._bench
        return found

    def wait(self, true: Callable[[], object]) -> None:
        """Until something is true; the program works meanwhile."""
        end = time.monotonic() + LONG_S
        while not true():
            if time.monotonic() > end:
                raise TimeoutError
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            self.look()

    def look(self) -> None:
        """What the desktop can see: the titles of windows."""
        self.titles |= {each.title() for each in QGuiApplication.topLevelWindows()}

    def go(self, place: str) -> Any:
        """A supervisor's page."""
        self.window.go(place)
        self.look()
        return self.window.pages.currentWidget()

    def dialog(self, kind: type[QWidget]) -> Any:
        """The dialog of this kind, once it is in sight."""
        self.wait(lambda: self._seen(kind))
        self.look()
        return self._seen(kind)[-1]

    def gone(self, kind: type[QWidget]) -> None:
        """Wait until it is out of sight."""
        self.wait(lambda: not self._seen(kind))

    def _seen(self, kind: type[QWidget]) -> list[QWidget]:
        return [each for each in self.window.findChildren(kind) if each.isVisible()]

    def message(self) -> str:
        """Read the message in front and close it."""
        self.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
        self.look()
        box: Any = QApplication.activeModalWidget()
        text = f"{box.text()}\n{box.detailedText()}"
        box.accept()
        return text

    def choosing(self, path: Path) -> None:
        """Type ``path`` into the next window that asks for a file."""
        timer = QTimer(self.window, interval=50)

        def answer() -> None:
            asked = QApplication.activeModalWidget()
            if not isinstance(asked, QFileDialog):
                return
            timer.stop()
            self.look()
            self.proposed += [Path(each).name for each in asked.selectedFiles()]
            asked.findChildren(QLineEdit)[0].setText(str(path))
            asked.accept()

        timer.timeout.connect(answer)
        timer.start()

    def tell(self, failed: str = "") -> None:
        """Note for those who look afterwards; what the process has open but deleted is looked into here."""
        self._noted.on = False
        clipboard = QGuiApplication.clipboard()
        found = {
            "failed": failed,
            "titles": sorted(self.titles),
            "proposed": self.proposed,
            "said": self.said,
            "clipboard": [clipboard.text(mode) for mode in QClipboard.Mode],
            "written": sorted(self._noted.written),
            "started": sorted(self._noted.started),
            "deleted": deleted_but_open(),
            "cmdline": Path("/proc/self/cmdline").read_text(),
        }
        self.places.told.write_text(json.dumps(found, indent=1), encoding="utf-8")


def deleted_but_open() -> list[str]:
    """Files without a name that this process holds, and that have one of the words in them."""
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        try:
            target, file = os.readlink(handle), handle.stat()
            if file.st_nlink or not target.startswith(("/", "memfd")) or not 0 < file.st_size < 1 << 26:
                continue
            content = handle.read_bytes()
        except OSError:
            # A socket, or closed meanwhile.
            continue
        if NEEDLE.encode() in content.lower() or NEEDLE in target.lower():
            found.append(target)
    return found
