"""The first page: open a study, make one, or look at the demo; then say who is working."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding.people import Member
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import card_in_the_middle, label, tab_through
from mio_fidelity.gui.commands import give_key
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.new_phrase import NewPhrase
from mio_fidelity.gui.phrase_box import PhraseBox
from mio_fidelity.settings import Settings
from mio_fidelity.store import Role
from mio_fidelity.store.keys import FILE, RECOVERY, SHARED, names_in
from mio_fidelity.store.parcel import SUFFIX, is_parcel
from mio_fidelity.store.profile import is_on_server

PEOPLE_HEIGHT_PX = 300


class StartPage(QWidget):
    """One step at a time: which study, a pass phrase, who is working or a pass phrase of her own.

    Signals:
        opened: A study folder and the pass phrase typed for it.
        demo_asked: The demo study is wanted.
        new_asked: A new study is wanted.
        signed_in: The id of the person who is working.
        closed: The study is to be closed again.
        cancelled: The making of the demo study is to stop.
        preferences_asked: The preferences are wanted.
        server_asked: A study on a server is wanted.
        backups_asked: The backups of the study in this folder are wanted.
        package_asked: A study is to be made of this package.
    """

    opened = Signal(object, str)
    demo_asked = Signal()
    new_asked = Signal()
    signed_in = Signal(str)
    closed = Signal()
    cancelled = Signal()
    preferences_asked = Signal()
    server_asked = Signal()
    backups_asked = Signal(object)
    package_asked = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folder: Path | None = None
        self.message = sentence_label("", "alarm")
        self.message.hide()
        self.box = PhraseBox(self.tr("Open"))
        self.passphrase, self.unlock_button = self.box.field, self.box.button
        self.new_phrase = NewPhrase()
        self.people = QWidget()
        self._steps = (self._which(), self._phrase(), self._who(), self._making(), self.new_phrase)
        self.which, self.phrase, self.who, self.making, _ = self._steps
        self._lay_out()
        self.new_phrase.left.connect(self.closed)
        self.new_phrase.complained.connect(self.say)
        for button in self.findChildren(QPushButton):
            # Enter presses what has the keyboard.
            button.setAutoDefault(True)

    def ask_which(self) -> None:
        """Ask for a study."""
        self.forget()
        last = Path(self._settings.text("last_study")) if self._settings.text("last_study") else None
        self.again.setVisible(last is not None and last.is_dir())
        if last is not None:
            self.again.setText(self.tr("Open {name}").format(name=last.name))
        self._go(self.which)
        (self.again if not self.again.isHidden() else self.open_button).setFocus()

    def ask_phrase(self, folder: Path) -> None:
        """Ask for the pass phrase of the study in ``folder``; a package is to become one first."""
        if is_parcel(folder):
            self.package_asked.emit(folder)
            return
        self._folder = folder
        self.say("")
        self.phrase_title.setText(self.tr("Open {name}").format(name=folder.name))
        self.phrase_words.setText(self._what_opens(folder))
        self._go(self.phrase)
        self.backups_button.setVisible(not is_on_server(folder))
        self.box.ask(folder)

    def _what_opens(self, folder: Path) -> str:
        """Which pass phrases there are; nothing of whose they are."""
        if is_on_server(folder):
            return self.tr("Your password on the server opens it.")
        words = [self.tr("Your pass phrase opens it.")]
        try:
            names = names_in((folder / FILE).read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            # Opening says what is wrong.
            names = ()
        if SHARED in names:
            words = [self.tr("Your own pass phrase opens it, or the one that all share.")]
        if RECOVERY in names:
            words.append(self.tr("The recovery key works here too."))
        return " ".join(words)

    def ask_own(self) -> None:
        """Ask for a pass phrase in place of the one that somebody else gave."""
        self.forget()
        self._go(self.new_phrase)
        self.new_phrase.ask(
            self.tr("Choose your own pass phrase"),
            self.tr(
                "The one you typed was given to you by somebody else. From now on only you open the study "
                "with yours. Several words are easy to remember."
            ),
        )

    def ask_recovery(self, supervisors: Sequence[tuple[str, str]]) -> None:
        """Ask which supervisor, (code, id), gets a new pass phrase by the recovery key."""
        self.forget()
        self._go(self.new_phrase)
        self.new_phrase.ask(
            self.tr("Recovery key"),
            self.tr(
                "The recovery key gives a supervisor a new pass phrase. Then make a new recovery key if this "
                "one may be in other hands."
            ),
            supervisors,
        )

    def forget(self) -> None:
        """Forget every pass phrase that was typed."""
        self.say("")
        self.box.clear()
        self.new_phrase.clear()

    def ask_who(self, people: Sequence[Member]) -> None:
        """Ask who is working."""
        self.forget()
        self.people = QWidget()
        column = QVBoxLayout(self.people)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        words = {
            Role.CODER: self.tr("{code} · coder"),
            Role.SUPERVISOR: self.tr("{code} · supervisor"),
            Role.CLINICIAN: self.tr("{code} · clinician"),
        }
        buttons = []
        for member in people:
            button = QPushButton(words[member.role].format(code=member.code))
            button.clicked.connect(lambda _=False, who=member.id: self.signed_in.emit(who))
            button.setAutoDefault(True)
            column.addWidget(button)
            buttons.append(button)
        self._people_area.setWidget(self.people)
        tab_through((*buttons, self.other_button))
        needed = self.people.sizeHint().height()
        self._people_area.setFixedHeight(min(needed, theme.scaled(PEOPLE_HEIGHT_PX)))
        self._go(self.who)
        if buttons:
            buttons[0].setFocus()

    def show_making(self, share: float) -> None:
        """Show how far the making of the demo study is."""
        self.say("")
        self._go(self.making)
        self.stop_button.setFocus()
        self.progress.setValue(round(share * 1000))

    def say(self, text: str) -> None:
        """Show what went wrong; an empty sentence when nothing did."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _lay_out(self) -> None:
        """One card in the middle: the step there is, and below it what went wrong."""
        column = card_in_the_middle(self, 14)
        self._go(self.which)
        for step in self._steps:
            column.addWidget(step)
        column.addWidget(self.message)

    def _go(self, step: QWidget) -> None:
        for each in self._steps:
            each.setVisible(each is step)

    def _step(self, title: str, explanation: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(12))
        column.addWidget(label(title, "heading"))
        column.addWidget(sentence_label(explanation, "muted"))
        return page, column

    def _which(self) -> QWidget:
        page, column = self._step(
            self.tr("MIO Fidelity"),
            self.tr(
                "Listen to recorded sessions and rate how much and how well the therapy was delivered. "
                "Everything stays on this computer, encrypted, or on your own server."
            ),
        )
        self.again = QPushButton()
        self.open_button = QPushButton(self.tr("Open a study…"))
        self.package_button = QPushButton(self.tr("Open a package…"))
        self.server_button = QPushButton(self.tr("Connect to a server…"))
        self.new_button = QPushButton(self.tr("New study…"))
        self.demo_button = QPushButton(self.tr("Look at the demo study"))
        self.preferences_button = QPushButton(self.tr("Preferences…"))
        theme.set_role(self.again, "primary")
        theme.set_role(self.preferences_button, "quiet")
        for button in (
            self.again,
            self.open_button,
            self.package_button,
            self.server_button,
            self.new_button,
            self.demo_button,
            self.preferences_button,
        ):
            column.addWidget(button)
        self.again.clicked.connect(lambda: self.ask_phrase(Path(self._settings.text("last_study"))))
        self.open_button.clicked.connect(self._choose)
        self.package_button.clicked.connect(self._choose_package)
        self.server_button.clicked.connect(self.server_asked)
        self.new_button.clicked.connect(self.new_asked)
        self.demo_button.clicked.connect(self.demo_asked)
        self.preferences_button.clicked.connect(self.preferences_asked)
        give_key(self.preferences_button, "preferences", self._settings)
        return page

    def _phrase(self) -> QWidget:
        page, column = self._step(
            self.tr("Open a study"),
            "",
        )
        self.phrase_title, self.phrase_words = page.findChildren(QLabel)
        back = QPushButton(self.tr("Back"))
        back.setShortcut(QKeySequence(Qt.Key.Key_Escape))
        # Also where the study cannot be opened, or is gone.
        self.backups_button = QPushButton(self.tr("See its backups…"))
        theme.set_role(self.backups_button, "quiet")
        for each in (self.box, back, self.backups_button):
            column.addWidget(each)
        self.backups_button.clicked.connect(lambda: self.backups_asked.emit(self._folder))
        self.box.given.connect(self._unlock)
        back.clicked.connect(self.ask_which)
        return page

    def _who(self) -> QWidget:
        page, column = self._step(
            self.tr("Who is working?"),
            self.tr("What is rated is stored under this code. Choose your own, every time."),
        )
        self._people_area = QScrollArea()
        self._people_area.setWidgetResizable(True)
        self._people_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._people_area)
        self.other_button = QPushButton(self.tr("Another study"))
        column.addWidget(self.other_button)
        self.other_button.clicked.connect(self.closed)
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
        self.progress.setAccessibleName(self.tr("Making the demo study"))
        self.stop_button = QPushButton(self.tr("Stop"))
        column.addWidget(self.progress)
        column.addWidget(self.stop_button)
        self.stop_button.clicked.connect(self.cancelled)
        return page

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of the study"))
        if folder:
            self.ask_phrase(Path(folder))

    def _choose_package(self) -> None:
        words = self.tr("Coder packages (*{suffix})").format(suffix=SUFFIX)
        file, _ = QFileDialog.getOpenFileName(self, self.tr("Package"), "", words)
        if file:
            self.package_asked.emit(Path(file))

    def _unlock(self, phrase: str) -> None:
        if self._folder is not None:
            self.opened.emit(self._folder, phrase)
