"""People at computers of their own, each with a window of the program."""

import os
from pathlib import Path

from mio_fidelity.gui import places
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.package_dialogs import ReturnDialog, UnpackDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings
from tests.gui.front import button

PHRASE, OWN = "given by the supervisor", "nobody else knows this"
# Folders that somebody wants pictures in.
PICTURES = [Path(place) for place in (os.environ.get("MIO_PICTURES"),) if place]


class Seat:
    """Somebody at a computer, with a window of the program."""

    def __init__(self, name, place, qtbot):
        self.name, self.place, self.qtbot = name, place / name, qtbot
        self.place.mkdir()
        self.bench = Workbench(Settings(self.place / "settings.json"))
        self.window = MainWindow(self.bench)
        qtbot.addWidget(self.window, before_close_func=lambda each: each.close())
        self.window.resize(1366, 768)
        self.window.show()

    def dialog(self, kind):
        self.wait(lambda: self.dialogs(kind))
        return self.dialogs(kind)[-1]

    def dialogs(self, kind):
        return visible(self.window, kind)

    def wait(self, true):
        self.qtbot.waitUntil(lambda: bool(true()), timeout=20_000)

    def unpack(self, file):
        """Open a package as a study is opened, and choose a pass phrase of one's own."""
        self.window.start.package_asked.emit(file)
        dialog = self.dialog(UnpackDialog)
        dialog.target.setText(str(self.place / "study"))
        dialog.go.click()
        self.wait(self.window.start.phrase.isVisible)
        self.window.start.passphrase.setText(PHRASE)
        self.window.start.unlock_button.click()
        self.wait(self.window.start.new_phrase.isVisible)
        new = self.window.start.new_phrase
        for field in (new.phrase, new.again):
            field.setText(OWN)
        new.use.click()
        self.wait(lambda: self.window.pages.currentWidget() is self.window.queue)

    def give_back(self, name):
        """Return the work by the button in the list of sessions."""
        self.window.go(places.QUEUE)
        button(self.window.queue, "Return my work").click()
        dialog = self.dialog(ReturnDialog)
        dialog.target.setText(str(self.place / name))
        dialog.go.click()
        self.wait(lambda: "✔" in dialog.report.text())
        dialog.go.click()
        return (self.place / name).with_suffix(".mioback")


def visible(window, kind):
    """Dialogs of this kind in sight."""
    return [each for each in window.findChildren(kind) if each.isVisible()]


def shown(widget, name):
    """Keep a picture where somebody wants to look at them."""
    for folder in PICTURES:
        widget.grab().save(str(folder / f"{name}.png"))
