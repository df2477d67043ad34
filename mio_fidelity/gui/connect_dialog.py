"""Connecting to a study on a server: where it is, as whom, and whether that works."""

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.phrase_box import secret_field
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store import Project
from mio_fidelity.store.keyring_words import can_keep, keep, kept
from mio_fidelity.store.profile import (
    SSL_MODES,
    Profile,
    default_root,
    is_on_server,
    keep_profile,
    profiles,
    read_profile,
)


class ConnectDialog(WorkDialog):
    """Asks for a server, tries it, and opens the study there.

    Args:
        bench: What the window works with.
        parent: Over which window.
        root: Where connections are kept; None for the usual place.

    Signals:
        connected: The open study, a `Project`.
    """

    connected = Signal(object)

    def __init__(self, bench: Workbench, parent: QWidget | None = None, root: Path | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Connect to a server"))
        self._root = root or default_root()
        # What this dialog has kept itself may be tried again under the same name.
        self._own: Path | None = None
        self.known = QComboBox()
        self.name, self.host, self.database, self.user = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.port = QSpinBox()
        self.protection = QComboBox()
        self.certificate, self.files = QLineEdit(), QLineEdit()
        self.password = secret_field(self.tr("Password"))
        self.remember = QCheckBox(self.tr("Keep the password in this system's keyring"))
        self.attempt = QPushButton(self.tr("Try the connection"))
        self._fill()
        self._lay_out()
        self.known.currentIndexChanged.connect(self._show_known)
        self.attempt.clicked.connect(lambda: self._go(then_open=False))
        self._show_known()

    def accept(self) -> None:
        """Connect, and open the study there."""
        self._go(then_open=True)

    def _fill(self) -> None:
        words = (
            self.tr("encrypted when possible (for a server on this computer)"),
            self.tr("encrypted"),
            self.tr("encrypted, by a known authority"),
            self.tr("encrypted, and certainly this server (best)"),
        )
        for mode, text in zip(SSL_MODES, words, strict=True):
            self.protection.addItem(text, mode)
        self.port.setRange(1, 65535)
        self.known.addItem(self.tr("A new connection"), None)
        for folder in profiles(self._root):
            self.known.addItem(folder.name, folder)
        self.known.setCurrentIndex(1 if self.known.count() > 1 else 0)

    def _lay_out(self) -> None:
        form = roomy_form()
        rows = (
            (self.tr("Connection"), self.known),
            (self.tr("Its name here"), self.name),
            (self.tr("Server"), self.host),
            (self.tr("Port"), self.port),
            (self.tr("Database"), self.database),
            (self.tr("Your name there"), self.user),
            (self.tr("Password"), self.password),
            (self.tr("Protection"), self.protection),
        )
        for text, field in rows:
            field.setAccessibleName(text)
            form.addRow(text, field)
        for text, line, choose in (
            (self.tr("Certificate file"), self.certificate, self._choose_certificate),
            (self.tr("Recordings lie in"), self.files, self._choose_files),
        ):
            form.addRow(text, chooser(line, choose, text))
        self.name.setPlaceholderText(self.tr("as you like, such as Lab"))
        self.host.setPlaceholderText(self.tr("name or address"))
        self.certificate.setPlaceholderText(self.tr("empty: the system's own"))
        self.files.setPlaceholderText(self.tr("empty: a folder of this connection"))
        self.go.setText(self.tr("Connect"))
        self.remember.setVisible(can_keep())
        self.progress.setAccessibleName(self.tr("Connecting"))
        self.box.addButton(self.attempt, self.box.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(
            sentence_label(
                self.tr(
                    "The study lies in a PostgreSQL database that whoever looks after it has made. Ask for"
                    " these entries. The password is never written into a file."
                ),
                "muted",
            )
        )
        column.addLayout(form)
        for widget in (self.remember, self.progress, self.report, self.box):
            column.addWidget(widget)
        self._widen()

    def _show_known(self) -> None:
        folder: Path | None = self.known.currentData()
        profile = Profile("", "", "")
        if folder is not None:
            try:
                profile = read_profile(folder)
            except UserError as error:
                self._say(sentence(error), "alarm")
        self.name.setText("" if folder is None else folder.name)
        self.name.setEnabled(folder is None)
        self.host.setText(profile.host)
        self.port.setValue(profile.port)
        self.database.setText(profile.database)
        self.user.setText(profile.user)
        self.protection.setCurrentIndex(self.protection.findData(profile.sslmode))
        self.certificate.setText(profile.root_certificate)
        self.files.setText(profile.files)
        words = kept(profile) if profile.host else ""
        self.password.setText(words)
        self.remember.setChecked(bool(words))
        (self.password if folder is not None else self.name).setFocus()

    def _profile(self) -> Profile:
        return Profile(
            self.host.text().strip(),
            self.database.text().strip(),
            self.user.text().strip(),
            self.port.value(),
            self.protection.currentData(),
            self.certificate.text().strip(),
            self.files.text().strip(),
        )

    def _go(self, then_open: bool) -> None:
        if self.busy:
            return
        folder: Path = self.known.currentData() or self._root / _file_name(self.name.text())
        profile = self._profile()
        if not (folder.name and folder != self._root and profile.host and profile.database and profile.user):
            self._say(
                self.tr("Fill in a name for the connection, the server, the database and your name there."),
                "warn",
            )
            return
        if self.known.currentData() is None and folder != self._own and is_on_server(folder):
            text = self.tr(
                "There is a connection called {name} already. Choose it above, or name this one anew."
            )
            self._say(text.format(name=folder.name), "warn")
            return
        try:
            keep_profile(folder, profile)
            self._own = folder
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        self._say("", "muted")
        work = partial(_opened, folder, self.password.text(), then_open)
        self._start(work, lambda project: self._take(profile, project), lambda: None)

    def _take(self, profile: Profile, project: Project | None) -> None:
        if self.remember.isVisible():
            keep(profile, self.password.text() if self.remember.isChecked() else "")
        if project is None:
            self._say(self.tr("✔ The server answers, and there is a study that you may open."), "ok")
            return
        self.password.clear()
        self.connected.emit(project)
        super().accept()

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self.attempt.setEnabled(not busy)

    def _choose_certificate(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Certificate file"))
        if path:
            self.certificate.setText(path)

    def _choose_files(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder of the recordings"))
        if path:
            self.files.setText(path)


def _opened(
    folder: Path, password: str, then_open: bool, _tell: OnProgress, cancelled: IsCancelled
) -> Project | None:
    """On another thread: the open study; None when it was only tried, or nobody waits for it any more."""
    project = Project.open(folder, password)
    if then_open and not cancelled():
        return project
    project.close()
    return None


def _file_name(text: str) -> str:
    """A name that every system allows for a folder."""
    return re.sub(r"[^\w .-]", "", text).strip(" .")[:60]
