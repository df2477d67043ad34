"""What `benchmarks.coding` measures inside the real window, each in a process of its own.

Run by it as ``python -m benchmarks.windows NAME FOLDER``; prints a JSON object of lists of numbers: moments
are seconds on ``time.monotonic``, everything else is milliseconds or MB. Little is imported before the clock
that the parent started is read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QPushButton, QWidget

    from mio_fidelity.gui.main_window import MainWindow
    from mio_fidelity.gui.scale_form import ScaleForm

Found = dict[str, list[float]]

PATIENCE_S = 30
PRESSES = 320


def start(folder: Path) -> Found:
    """From the command line to the painted start page; after that the parent's clock is read."""
    moments: list[float] = []

    def window(_study: Path | None) -> int:
        app, shown = begin(folder)
        until_painted(app, shown.start.demo_button)
        moments.append(time.monotonic())
        return 0

    from mio_fidelity import cli

    cli.main(["window"], cli.Entries(window, lambda _folder, _again: 1, lambda _window: 1))
    return {"start page": moments}


def demo(folder: Path) -> Found:
    """From the command line to the demo study's list of people, and on to the coding page."""
    found: Found = {}

    def run(place: Path, again: bool) -> int:
        app, window = begin(folder)
        window.open_demo(place, again)
        until(app, lambda: first_person(window) is not None)
        until_painted(app, window.start)
        found["people"] = [time.monotonic()]
        sign_in(app, window)
        found["queue"] = [time.monotonic()]
        press_enter(app, window)
        until_painted(app, form_of(window))
        found["coding page"] = [time.monotonic()]
        window.close()
        return 0

    from mio_fidelity import cli

    cli.main(["demo", "--folder", str(folder / "demo")], cli.Entries(lambda _: 1, run, lambda _: 1))
    return found


def keys(folder: Path) -> Found:
    """From a digit key to the answer on disk and the point painted."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from mio_fidelity.answer import OPEN, rated

    app, window = open_study(folder)
    press_enter(app, window)
    until_painted(app, form_of(window))
    settle(app)
    page, form, handle = window.coding, form_of(window), window.windowHandle()
    slots = page.desk.instrument.slots()
    times, processor = [], []
    for number in range(PRESSES):
        slot = slots[number % len(slots)]
        # Another point than before, and above the floor, at which the form would lock the competence.
        value = 2 + ((page.desk.answers.get(slot, OPEN).value or 1) - 1) % 5
        form.focus_slot(*slot)
        app.processEvents()
        painted = watch(form.button(*slot, value))
        begun, worked = time.perf_counter(), time.process_time()
        QTest.keyClick(handle, Qt.Key(Qt.Key.Key_0 + value))
        until(app, painted)
        sync()
        times.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - worked))
        if page.desk.answers[slot] != rated(value):
            raise RuntimeError("a key press was not stored")
    window.close()
    return {"press": times, "processor": processor}


def sound(folder: Path) -> Found:
    """From Enter in the queue, then Space, to sound; first in a fresh process, then twice more."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    app, window = open_study(folder)
    settle(app)
    player, times = window.coding.listening.player, []

    def sounds(at_ms: int) -> bool:
        return player.position_ms > at_ms

    for _ in range(3):
        begun = time.perf_counter()
        press_enter(app, window)
        at_ms = player.position_ms
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
        until(app, partial(sounds, at_ms))
        times.append(1000 * (time.perf_counter() - begun))
        settle(app)
        window.coding.leave()
        settle(app)
    window.close()
    return {"first": times[:1], "later": times[1:]}


def waveform(folder: Path) -> Found:
    """From the kept peaks to the painted waveform."""
    from mio_fidelity.coding import desk, recordings
    from mio_fidelity.media.peaks import Peaks

    app, window = open_study(folder)
    project, picture = window.current_project(), window.coding.waveform
    medium = project.ask(recordings.media_of, project.ask(desk.queue)[0].rating_id, project.folder)[0]
    press_enter(app, window)
    until_painted(app, picture)
    times = []
    for _ in range(20):
        picture.show_peaks(None)
        until_painted(app, picture)
        begun = time.perf_counter()
        painted = watch(picture)
        picture.show_peaks(Peaks.from_bytes(project.peaks.read(medium.sha256) or b""))
        until(app, painted)
        sync()
        times.append(1000 * (time.perf_counter() - begun))
    window.close()
    return {"waveform": times}


def memory(folder: Path) -> Found:
    """Memory held while the recording is open and playing, and the most that was held before."""
    app, window = open_study(folder)
    found = {"queue": [resident_mb("VmRSS")]}
    press_enter(app, window)
    player = window.coding.listening.player
    player.play()
    until(app, lambda: player.position_ms > 0)
    settle(app, 5)
    found |= {"playing": [resident_mb("VmRSS")], "most": [resident_mb("VmHWM")]}
    window.close()
    return found


def store(folder: Path) -> Found:
    """Opening the study, its questions, and showing its queue."""
    from benchmarks.studies import PASSPHRASE
    from mio_fidelity.coding import desk
    from mio_fidelity.store import Project

    found: Found = {}
    found["open"] = [timed(lambda: Project.open(folder, PASSPHRASE).close()) for _ in range(9)]
    app, window = open_study(folder)
    project = window.current_project()
    rating_id = project.ask(desk.queue)[0].rating_id
    found["desk"] = [timed(lambda: project.ask(desk.desk, rating_id)) for _ in range(50)]
    found["queue"] = [timed(lambda: project.ask(desk.queue)) for _ in range(20)]

    def show() -> None:
        window.queue.open()
        until_painted(app, window.queue.table.viewport())

    found["queue shown"] = [timed(show) for _ in range(20)]
    window.close()
    return found


def begin(folder: Path) -> tuple[QApplication, MainWindow]:
    """The program's window, with preferences of its own."""
    from mio_fidelity.gui import app
    from mio_fidelity.settings import Settings

    started = app.start(Settings(folder / "settings.json"))
    # A bug ends the measurement instead of asking the person.
    sys.excepthook = sys.__excepthook__
    return started


def open_study(folder: Path) -> tuple[QApplication, MainWindow]:
    """The window, showing the queue of the first coder of the study in ``folder``."""
    from benchmarks.studies import PASSPHRASE

    app, window = begin(folder)
    until_painted(app, window.start)
    window.open_study(folder, PASSPHRASE)
    sign_in(app, window)
    return app, window


def sign_in(app: QApplication, window: MainWindow) -> None:
    """Click the first person and wait for the queue."""
    button = first_person(window)
    if button is None:
        raise RuntimeError("nobody works in the study")
    button.click()
    until_painted(app, window.queue.table.viewport())


def first_person(window: MainWindow) -> QPushButton | None:
    """The button of the first person who may sign in."""
    from PySide6.QtWidgets import QPushButton

    return window.start.people.findChild(QPushButton)


def press_enter(app: QApplication, window: MainWindow) -> None:
    """Open the session chosen in the queue."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    window.activateWindow()
    until(app, window.isActiveWindow)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    until(app, lambda: window.pages.currentWidget() is window.coding)


def form_of(window: MainWindow) -> ScaleForm:
    """The form that is shown."""
    if window.coding.form is None:
        raise RuntimeError("no session is open")
    return window.coding.form


def watch(widget: QWidget) -> Callable[[], bool]:
    """Tells whether ``widget`` was painted since this call."""
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        painted = False

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            self.painted |= event.type() == QEvent.Type.Paint
            return False

    eye = Watch(widget)
    widget.installEventFilter(eye)
    return lambda: eye.painted


def until(app: QApplication, done: Callable[[], bool]) -> None:
    """Run the event loop until ``done``."""
    limit = time.monotonic() + PATIENCE_S
    while not done():
        app.processEvents()
        if time.monotonic() > limit:
            raise TimeoutError


def until_painted(app: QApplication, widget: QWidget) -> None:
    """Run the event loop until ``widget`` is on the screen."""
    painted = watch(widget)
    widget.update()
    until(app, painted)
    sync()


def sync() -> None:
    """Wait until the window system has taken what was drawn."""
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.sync()


def settle(app: QApplication, seconds: float = 0.5) -> None:
    """Let what is under way come to rest."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that ``work`` takes."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def resident_mb(field: str) -> float:
    """Memory of this process, NaN on systems without ``/proc``."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    measure: Callable[[Path], Found] = globals()[sys.argv[1]]
    result = measure(Path(sys.argv[2]))
    import json

    print(json.dumps(result), flush=True)
