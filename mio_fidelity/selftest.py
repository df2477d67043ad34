"""Checks that everything the program needs works on this computer: a line each, with versions."""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from mio_fidelity import __version__, demo, paths

Check = Callable[[], str]


class Remark(Exception):  # noqa: N818 - nothing is wrong: the program can do its job without
    """Something optional is missing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check: "ok", "remark" or "FAILED", and what was found."""

    name: str
    state: str
    detail: str


def run(window: bool) -> int:
    """Run all checks and print a line each; the exit code: 0 when the program can do its job, else 1.

    Args:
        window: Open and close the real window too; needs a screen.
    """
    print(f"MIO Fidelity {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    no_screen = sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )
    if no_screen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    checks = CHECKS + ((("window", _no_screen if no_screen else _window),) if window else ())
    outcomes = [_outcome(name, check) for name, check in checks]
    for outcome in outcomes:
        print(f"{outcome.state:7} {outcome.name:18} {outcome.detail}", flush=True)
    return 1 if any(outcome.state == "FAILED" for outcome in outcomes) else 0


def _outcome(name: str, check: Check) -> Outcome:
    try:
        return Outcome(name, "ok", check())
    except Remark as remark:
        return Outcome(name, "remark", str(remark))
    # Whatever goes wrong is what the check is there to find.
    except Exception as error:
        return Outcome(name, "FAILED", f"{type(error).__name__}: {error}")


def _qt() -> str:
    from PySide6.QtCore import qVersion
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication.instance() or QApplication(sys.argv[:1])
    before = sys.getrefcount(None)
    widget = QWidget()
    for _ in range(1000):
        widget.update()
    lost = before - sys.getrefcount(None)
    if lost > 100:
        raise RuntimeError(f"this PySide6 loses references to None ({lost} in 1,000 calls)")
    platform = QApplication.platformName() if app else ""
    return f"Qt {qVersion()}, PySide6 {version('PySide6_Essentials')}, {platform}"


def _engine(name: str) -> Check:
    def check() -> str:
        from mio_fidelity.gui.playback.player import engines

        found = next(engine for engine in engines() if engine.name == name)
        if not found.available:
            raise Remark(f"{found.title}: {found.remark}")
        return f"{found.title} {found.version}"

    return check


def _player() -> str:
    from mio_fidelity.gui.playback.player import engines

    usable = [engine.title for engine in engines() if engine.available]
    if not usable:
        raise RuntimeError("no engine can play sound")
    return ", ".join(usable)


def _decoding() -> str:
    from mio_fidelity.media.probe import examine

    found = [examine(path) for path in sorted((paths.resources() / "demo" / "recordings").iterdir())]
    if len(found) < 3 or any(each.problems for each in found):
        raise RuntimeError("the demo recordings do not decode as they should")
    return (
        f"PyAV {version('av')}, {len(found)} recordings, {sum(each.duration_ms for each in found) // 1000} s"
    )


def _database() -> str:
    from sqlcipher3 import dbapi2

    from mio_fidelity.store import Project
    from mio_fidelity.store.keys import Cost

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "study"
        with Project.create(folder, "only a self-test", "canary-of-the-self-test", Cost(64, 1, 1)) as project:
            if not project.sound():
                raise RuntimeError("a new study is not intact")
        if b"canary-of-the-self-test" in (folder / "study.db").read_bytes():
            raise RuntimeError("the study is not encrypted")
    return f"SQLite {dbapi2.sqlite_version}, SQLAlchemy {version('sqlalchemy')}"


def _cipher() -> str:
    from sqlcipher3 import dbapi2

    found = dbapi2.connect(":memory:").execute("PRAGMA cipher_version").fetchone()
    if not found:
        raise RuntimeError("the database has no cipher")
    return f"SQLCipher {found[0]}, cryptography {version('cryptography')}"


def _instrument() -> str:
    from mio_fidelity.instrument import read_instrument

    files = sorted(paths.coding_manual().glob("*.toml"))
    found = [read_instrument(path) for path in files]
    if not any(each.key == "practice" for each in found):
        raise RuntimeError("the practice instrument is missing")
    return ", ".join(f"{each.key} {each.edition} ({len(each.scales)} scales)" for each in found)


def _resources() -> str:
    wanted = ("style.qss", "icons/play.svg", "demo/ratings.toml")
    missing = [name for name in wanted if not (paths.resources() / name).is_file()]
    if missing:
        raise RuntimeError(f"missing: {', '.join(missing)}")
    return f"{sum(1 for path in paths.resources().rglob('*') if path.is_file())} files"


def _no_screen() -> str:
    raise RuntimeError("there is no screen to open a window on; start the test in a desktop session")


def _let_run(ms: int) -> None:
    """Let the windows work; QTest.qWait would hold Python's lock meanwhile, for which the player may wait."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def _window() -> str:
    from PySide6.QtWidgets import QApplication

    from mio_fidelity.coding import people
    from mio_fidelity.gui import app
    from mio_fidelity.settings import Settings
    from mio_fidelity.store import Project

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        _, shown = app.start(Settings(Path(place) / "settings.json"))
        demo.make_demo(Path(place) / "demo")
        shown.show_project(Project.open(Path(place) / "demo", demo.PASSPHRASE))
        project = shown.current_project()
        coder = next(m for m in project.ask(people.roster) if m.code == demo.FIRST_CODER)
        shown.start.signed_in.emit(coder.id)
        _let_run(50)
        shown.queue.foot.primary.click()
        _let_run(300)
        picture = shown.grab()
        answered = shown.coding.desk.blind_code
        shown.close()
        QApplication.processEvents()
    if picture.isNull() or not answered:
        raise RuntimeError("the window did not show a session")
    return f"{picture.width()} x {picture.height()}, a session was opened"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("Qt", _qt),
    ("Qt Multimedia", _engine("qt")),
    ("VLC", _engine("vlc")),
    ("playback", _player),
    ("decoding", _decoding),
    ("cipher", _cipher),
    ("database", _database),
    ("instruments", _instrument),
    ("resources", _resources),
)
