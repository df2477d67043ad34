"""Starting the windows."""

import os
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QSettings, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox

from mio_fidelity import __version__, error_reports, paths
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.garbage import GarbageCollector
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.pseudo import PseudoTranslator
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.settings import Settings


def run(study: Path | None = None) -> int:
    """Open the window, on a study's pass phrase when one is named; the exit code.

    Raises:
        UserError: there is no screen.
    """
    app, window = start()
    if study is not None:
        window.start.ask_phrase(study)
    return app.exec()


def run_demo(folder: Path, again: bool) -> int:
    """Open the window on the demo study; the exit code.

    Raises:
        UserError: there is no screen.
    """
    app, window = start()
    window.open_demo(folder, again)
    return app.exec()


def start(settings: Settings | None = None) -> tuple[QApplication, MainWindow]:
    """The application and its window, shown.

    Raises:
        UserError: there is no screen.
    """
    if not has_screen():
        raise UserError(
            "There is no screen to open a window on. Start the program in a desktop session; without one, "
            "its commands work in a terminal (see --help)."
        )
    _remember_no_folders()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    if existing is None:
        GarbageCollector(app)
    app.setApplicationName("mio-fidelity")
    app.setApplicationDisplayName("MIO Fidelity")
    app.setApplicationVersion(__version__)
    settings = settings or Settings()
    translate(app, settings.text("language"))
    theme.apply(app, settings.text("colors"), settings.number("text_percent") / 100)  # type: ignore[arg-type]
    sys.excepthook = _report
    window = MainWindow(Workbench(settings, app))
    window.show()
    return app, window


def _remember_no_folders() -> None:
    """Keep the windows that ask for a file from noting down where recordings lie and what they are called."""
    # Qt's own window keeps the folders visited in a file of its settings, of which the program has no use.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    if sys.platform == "linux":
        # Those of the desktops put each file into the list of recent ones.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


def has_screen() -> bool:
    """Whether a window can be opened: without a screen Qt ends the program without a word."""
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )


def translate(app: QApplication, language: str) -> None:
    """Speak ``language``: a locale's name, "pseudo" for finding what was missed, empty for the system's."""
    if language == "pseudo":
        app.installTranslator(PseudoTranslator(app))
        return
    locale = QLocale(language) if language else QLocale.system()
    for name, folder in (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("mio_fidelity", str(paths.resources() / "translations")),
    ):
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell the person about a bug and keep where it happened: places in the program, no data, no names."""
    if issubclass(kind, KeyboardInterrupt):
        QCoreApplication.quit()
        return
    if isinstance(error, UserError):
        # A page asked and the study could not answer, say because its disk was unplugged.
        _tell(QMessageBox.Icon.Warning, QCoreApplication.translate("App", "Please look"), sentence(error))
        return
    report = error_reports.tell(kind, error, trace)
    _tell(
        QMessageBox.Icon.Critical,
        QCoreApplication.translate("App", "Something went wrong"),
        QCoreApplication.translate(
            "App",
            "The program met an error it does not know. What is shown as saved is stored. A report without "
            "any data of the study was kept on this computer; you can read it before you send it to anybody. "
            "The preferences show its folder.",
        ),
        report,
    )


def _tell(icon: QMessageBox.Icon, title: str, text: str, more: str = "") -> None:
    """Show a message without waiting for it, and never two: what fails once may fail forty times a second."""
    if any(isinstance(each, QMessageBox) and each.isVisible() for each in QApplication.topLevelWidgets()):
        return
    box = QMessageBox(icon, title, text, parent=QApplication.activeWindow())
    box.setDetailedText(more)
    # Holds the box until it is closed, also when there is no window to belong to.
    box.finished.connect(lambda _: box.deleteLater())
    box.open()
