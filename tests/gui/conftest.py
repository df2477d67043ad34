"""The program's own window on a real study: keys go in, what was stored is looked at."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from mio_fidelity.answer import Answer
from mio_fidelity.coding import assign, desk, people, recordings
from mio_fidelity.gui import theme
from mio_fidelity.gui.coding_page import CodingPage
from mio_fidelity.gui.garbage import GarbageCollector
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.instrument import Instrument, shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.settings import Settings
from mio_fidelity.store import Project, Purpose, Role
from tests import media_factory
from tests.conftest import ARM, CHEAP, CLIENT, COUNSELOR, NUMBER, PASSPHRASE, SITE, Made, OpenStudy
from tests.gui.messages import keep_one_handler, let_go

SECONDS = 40
# What Qt says on a computer without a window manager and a sound server, and of media keys in tests.
QUIET = pytest.mark.qt_log_ignore(
    "propagateSizeHints", "pipewire", "PulseAudioService", "No audio device", "keyToAscii"
)
NO, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
# How long a test waits, in ms, on a computer that is busy with other things; what is there earlier ends it.
PATIENCE = 60_000


keep_one_handler()


class PatientBot(QtBot):
    """Gives every wait of a test the same long time: none of them is there to measure."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = 0) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE))

    def waitSignal(self, signal: Any, *, timeout: int = 0, **rest: Any) -> Any:
        # What must not happen is not waited for: so asks `assertNotEmitted`.
        patience = 0 if rest.get("raising") is False else PATIENCE
        return super().waitSignal(signal, timeout=max(timeout, patience), **rest)

    def waitSignals(self, signals: list[Any], *, timeout: int = 0, **rest: Any) -> Any:
        return super().waitSignals(signals, timeout=max(timeout, PATIENCE), **rest)


@pytest.fixture(scope="session", autouse=True)
def _garbage(qapp: QApplication) -> None:
    """As in the program."""
    GarbageCollector(qapp)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's, patient."""
    return PatientBot(request)


def pytest_sessionfinish() -> None:
    let_go()


@pytest.fixture(scope="session")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to skip about in."""
    return media_factory.make(tmp_path_factory.mktemp("long") / "qzxj-file.wav", SECONDS, "wav")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, long_recording: Path) -> Made:
    """As the study of all tests, with a recording long enough to skip about in and all secrets in it."""
    folder = tmp_path_factory.mktemp("made-to-listen") / "study"
    with Project.create(folder, PASSPHRASE, "A study of tests", CHEAP) as project:
        roles = {"R1": Role.CODER, "R2": Role.CODER, "S1": Role.SUPERVISOR}
        members = {code: project.do(people.add_person, code, role).value for code, role in roles.items()}
        study = OpenStudy(project, members, "", "", "", long_recording)
        study.instrument_id = study.use_instrument(shipped_instrument())
        study.session_id = add_session(study, long_recording)
        study.rating_id = study.assign("R1")
        ids = {key: value for key, value in vars(study).items() if key != "project"}
    return folder, ids


def add_session(study: OpenStudy, *files: Path, number: int = NUMBER) -> str:
    """One more session of the same client, by somebody who may add one; the session's id."""
    inside = []
    for file in files:
        place = study.folder / "recordings" / f"{number}-{file.name}"
        shutil.copyfile(file, place)
        inside.append((str(place), examine(place)))
    who = study.project.person_id
    study.sign_in("S1")
    facts = recordings.SessionFacts(CLIENT, number, ARM, COUNSELOR, SITE)
    session_id = study.do(recordings.add_session, facts, inside, study.folder)
    for _, found in inside:
        study.project.peaks.write(found.sha256, found.peaks.to_bytes())
    if who:
        study.project.sign_in(who)
    return session_id


class Coder:
    """Somebody at the keyboard of the window."""

    def __init__(self, window: MainWindow, study: OpenStudy, settings: Settings, qtbot: Any) -> None:
        self.window, self.study, self.settings, self.qtbot = window, study, settings, qtbot

    @property
    def page(self) -> CodingPage:
        return self.window.coding

    @property
    def player(self) -> Any:
        return self.page.listening.player

    @property
    def desk(self) -> desk.Desk:
        """What is stored."""
        return self.study.project.ask(desk.desk, self.study.rating_id)

    def answer(self, scale: str, dimension: str) -> Answer:
        return self.desk.answers.get((scale, dimension), Answer())

    def said(self) -> str:
        """The sentence in the status line."""
        return self.page.foot.notice.text()

    def open(self, rating_id: str = "") -> None:
        """Open a rating from the list and wait until it can be played."""
        self.study.rating_id = rating_id or self.study.rating_id
        self.window.queue.chosen.emit(self.study.rating_id)
        self.settle()

    def settle(self) -> None:
        """Wait until the recording can be played and the form has the keyboard."""
        self.qtbot.waitUntil(lambda: self.player.state.name in ("PAUSED", "FAILED"), timeout=5000)
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)

    def press(self, *keys: Qt.Key | str, mod: Qt.KeyboardModifier = NO) -> None:
        """Press keys where the keyboard is."""
        for key in keys:
            target = QApplication.focusWidget() or QApplication.activeWindow()
            assert target is not None
            QTest.keyClick(target, key, mod)

    def write(self, text: str) -> None:
        """Type into what has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget(), text)

    def dialog(self, kind: type[QWidget]) -> Any:
        """The dialog of this kind, in front."""
        found = self.page.findChildren(kind)
        assert len(found) == 1, f"{len(found)} dialogs"
        self.qtbot.waitUntil(found[0].isVisible)
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is found[0])
        return found[0]

    def back(self) -> None:
        """To the window, where no window manager does it when a dialog closes."""
        self.window.activateWindow()
        self.wait(lambda: self.window.isActiveWindow() and QApplication.focusWidget())

    def let_write(self, may: bool) -> None:
        """Make the disk refuse to be written, or take it again."""
        connection = self.study.project._engine.raw_connection()
        connection.cursor().execute(f"PRAGMA query_only = {'OFF' if may else 'ON'}")
        connection.close()

    def wait(self, true: Callable[[], object], timeout: int = 3000) -> None:
        """Wait until something is true."""
        self.qtbot.waitUntil(lambda: bool(true()), timeout=timeout)

    def assigned(self, session_id: str, instrument: Instrument | None = None) -> str:
        """One more rating for R1; its id."""
        edition = self.study.instrument_id
        if instrument is not None:
            edition = self.study.use_instrument(instrument)
        who = self.study.people["R1"]
        return self.study.do_as_supervisor(assign.assign, session_id, who, edition, Purpose.PRODUCTION)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Preferences of nobody else."""
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def window(study: OpenStudy, settings: Settings, qtbot: Any, qapp: QApplication) -> Iterator[Coder]:
    """The window, with R1 at her list of sessions."""
    theme.apply(qapp, "light", settings.number("text_percent") / 100)
    bench = Workbench(settings)
    main = MainWindow(bench)
    qtbot.addWidget(main)
    main.resize(1366, 768)
    main.show()
    main.activateWindow()
    qtbot.waitUntil(main.isActiveWindow)
    main.show_project(study.project)
    main.start.signed_in.emit(study.people["R1"])
    yield Coder(main, study, settings, qtbot)
    main.close()
    theme.apply(qapp, "light")


@pytest.fixture
def coder(window: Coder) -> Coder:
    """R1 with her session open."""
    window.open()
    return window


@pytest.fixture
def answering():
    """Presses the button named of every question that comes; the list of what was asked."""
    timer, asked = QTimer(), []

    def begin(words):
        timer.timeout.connect(lambda: press(words))
        timer.start(20)
        return asked

    def press(words):
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(button for button in box.buttons() if button.text() == words).click()

    yield begin
    timer.stop()
