"""The first page: open a study, make one, or look at the demo; then say who is working."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding.people import Member
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.settings import Settings
from mio_fidelity.store import Role

WIDTH_PX = 420


class StartPage(QWidget):
    """Three steps, one at a time: which study, its pass phrase, who is working.

    Signals:
        opened: A study folder and the pass phrase typed for it.
        demo_asked: The demo study is wanted.
        new_asked: A new study is wanted.
        signed_in: The id of the person who is working.
        closed: The study is to be closed again.
        cancelled: The making of the demo study is to stop.
    """

    opened = Signal(object, str)
    demo_asked = Signal()
    new_asked = Signal()
    signed_in = Signal(str)
    closed = Signal()
    cancelled = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folder: Path | None = None
        self.steps = QStackedWidget()
        self.message = sentence_label("", "alarm")
        self.passphrase = QLineEdit()
        self.people = QVBoxLayout()
        for step in (self._which(), self._phrase(), self._who(), self._making()):
            self.steps.addWidget(step)
        self.steps.setFixedWidth(theme.scaled(WIDTH_PX))
        self.message.setFixedWidth(theme.scaled(WIDTH_PX))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.steps, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.message, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def ask_which(self) -> None:
        """Ask for a study."""
        self.say("")
        last = Path(self._settings.text("last_study")) if self._settings.text("last_study") else None
        self.again.setVisible(last is not None and last.is_dir())
        if last is not None:
            self.again.setText(self.tr("Open {name}").format(name=last.name))
        self.steps.setCurrentIndex(0)
        (self.again if not self.again.isHidden() else self.open_button).setFocus()

    def ask_phrase(self, folder: Path) -> None:
        """Ask for the pass phrase of the study in ``folder``."""
        self._folder = folder
        self.say("")
        self.passphrase.clear()
        self.phrase_title.setText(self.tr("Open {name}").format(name=folder.name))
        self.steps.setCurrentIndex(1)
        self.passphrase.setFocus()

    def ask_who(self, people: Sequence[Member]) -> None:
        """Ask who is working."""
        self.say("")
        while (old := self.people.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        words = {
            Role.CODER: self.tr("{code} · coder"),
            Role.SUPERVISOR: self.tr("{code} · supervisor"),
            Role.CLINICIAN: self.tr("{code} · clinician"),
        }
        for member in people:
            button = QPushButton(words[member.role].format(code=member.code))
            button.clicked.connect(lambda _=False, who=member.id: self.signed_in.emit(who))
            button.setAutoDefault(True)
            self.people.addWidget(button)
        self.steps.setCurrentIndex(2)
        first = self.people.itemAt(0)
        if first is not None and (widget := first.widget()) is not None:
            widget.setFocus()

    def show_making(self, share: float) -> None:
        """Show how far the making of the demo study is."""
        self.say("")
        self.steps.setCurrentIndex(3)
        self.progress.setValue(round(share * 1000))

    def say(self, text: str) -> None:
        """Show what went wrong; an empty sentence when nothing did."""
        self.message.setText(text)

    def _step(self, title: str, explanation: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(theme.scaled(12))
        heading = label(title, "title")
        column.addWidget(heading)
        column.addWidget(sentence_label(explanation, "muted"))
        return page, column

    def _which(self) -> QWidget:
        page, column = self._step(
            self.tr("MIO Fidelity"),
            self.tr(
                "Listen to recorded sessions and rate how much and how well the therapy was delivered. "
                "Everything stays on this computer, encrypted."
            ),
        )
        self.again = QPushButton()
        self.open_button = QPushButton(self.tr("Open a study…"))
        self.new_button = QPushButton(self.tr("New study…"))
        self.demo_button = QPushButton(self.tr("Look at the demo study"))
        theme.set_role(self.again, "primary")
        for button in (self.again, self.open_button, self.new_button, self.demo_button):
            button.setAutoDefault(True)
            column.addWidget(button)
        self.again.clicked.connect(lambda: self.ask_phrase(Path(self._settings.text("last_study"))))
        self.open_button.clicked.connect(self._choose)
        self.new_button.clicked.connect(self.new_asked)
        self.demo_button.clicked.connect(self.demo_asked)
        return page

    def _phrase(self) -> QWidget:
        page, column = self._step(
            self.tr("Open a study"), self.tr("The pass phrase of the study opens it; nothing else does.")
        )
        heading = column.itemAt(0)
        widget = heading.widget() if heading else None
        self.phrase_title = widget if isinstance(widget, QLabel) else label()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Pass phrase"))
        self.passphrase.setPlaceholderText(self.tr("Pass phrase"))
        self.unlock_button = QPushButton(self.tr("Open"))
        theme.set_role(self.unlock_button, "primary")
        back = QPushButton(self.tr("Back"))
        for each in (self.passphrase, self.unlock_button, back):
            column.addWidget(each)
        self.passphrase.returnPressed.connect(self._unlock)
        self.unlock_button.clicked.connect(self._unlock)
        back.clicked.connect(self.ask_which)
        return page

    def _who(self) -> QWidget:
        page, column = self._step(
            self.tr("Who is working?"),
            self.tr("What is rated is stored under this code. Choose your own, every time."),
        )
        column.addLayout(self.people)
        back = QPushButton(self.tr("Another study"))
        column.addWidget(back)
        back.clicked.connect(self.closed)
        return page

    def _making(self) -> QWidget:
        page, column = self._step(
            self.tr("Making the demo study"),
            self.tr(
                "Acted, synthetic sessions and fictional people. This happens once and takes some seconds."
            ),
        )
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        stop = QPushButton(self.tr("Stop"))
        column.addWidget(self.progress)
        column.addWidget(stop)
        stop.clicked.connect(self.cancelled)
        return page

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of the study"))
        if folder:
            self.ask_phrase(Path(folder))

    def _unlock(self) -> None:
        if self._folder is not None:
            self.opened.emit(self._folder, self.passphrase.text())
