"""Making a study, and adding a recording to it."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import assign, people, recordings
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.job_dialog import JobDialog
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.instrument import read_instrument, shipped_instrument
from mio_fidelity.media.probe import Examined, examine
from mio_fidelity.store import Project, Purpose, Role

BETWEEN_FILES = "; "
PEOPLE_A_ROW = 5
WIDTH_PX = 580
COMPLAINTS_HEIGHT_PX = 150


class NewStudyDialog(QDialog):
    """Asks what a new study needs, and makes it.

    Signals:
        made: The new study, open.
    """

    made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New study"))
        self.folder = QLineEdit()
        self.title = QLineEdit()
        self.phrase, self.again = QLineEdit(), QLineEdit()
        self.supervisor, self.coders = QLineEdit("S1"), QLineEdit("R1, R2")
        self.instrument = QLineEdit()
        self.complaint = sentence_label("", "alarm")
        # An instrument file can have many faults, more than fit on a screen.
        self._complaints = QScrollArea()
        self._complaints.setWidget(self.complaint)
        self._complaints.setWidgetResizable(True)
        self._complaints.setAccessibleName(self.tr("What is in the way"))
        self._complaints.hide()
        for field in (self.phrase, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._lay_out()

    def accept(self) -> None:
        """Make the study; a sentence says what is in the way."""
        if not self.folder.text().strip():
            self._complain(self.tr("Choose a folder for the study."), self.folder)
            return
        if self.phrase.text() != self.again.text():
            self._complain(self.tr("The two pass phrases differ. Type the same twice."), self.phrase)
            return
        try:
            self.made.emit(self._make())
        except UserError as error:
            self._complain(sentence(error))
            return
        super().accept()

    def _complain(self, text: str, field: QLineEdit | None = None) -> None:
        self.complaint.setText(text)
        needed = self.complaint.heightForWidth(theme.scaled(WIDTH_PX - 20))
        self._complaints.setFixedHeight(min(needed, theme.scaled(COMPLAINTS_HEIGHT_PX)))
        self._complaints.show()
        self.adjustSize()
        if field is not None:
            field.setFocus()
            field.selectAll()

    def _make(self) -> Project:
        file = self.instrument.text().strip()
        instrument = read_instrument(Path(file)) if file else shipped_instrument()
        codes = [(code, Role.SUPERVISOR) for code in _words(self.supervisor.text())]
        codes += [(code, Role.CODER) for code in _words(self.coders.text())]
        if not codes or codes[0][1] is not Role.SUPERVISOR:
            raise UserError("Give the supervisor a code, such as S1: the pass phrase is hers.")
        people.check_codes([code for code, _ in codes])
        title = self.title.text().strip() or self.tr("Study")
        folder = Path(self.folder.text().strip())
        project = Project.create(folder, self.phrase.text(), title, supervisor=codes[0][0])
        try:
            for code, role in codes[1:]:
                project.do(people.add_person, code, role)
            project.do(assign.use_instrument, instrument)
        except UserError:
            project.close()
            raise
        return project

    def _lay_out(self) -> None:
        form = roomy_form()
        form.addRow(self.tr("Folder"), chooser(self.folder, self._choose_folder, self.tr("Folder")))
        form.addRow(self.tr("Title"), self.title)
        form.addRow(self.tr("Supervisor's code"), self.supervisor)
        form.addRow(self.tr("Her pass phrase"), self.phrase)
        form.addRow(self.tr("Once more"), self.again)
        form.addRow(self.tr("Coders' codes"), self.coders)
        form.addRow(
            self.tr("Instrument"),
            chooser(self.instrument, self._choose_instrument, self.tr("Instrument")),
        )
        self.instrument.setPlaceholderText(self.tr("empty: the practice set, not the official scales"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(
            _introduction(
                self.tr(
                    "A study is a folder that can be copied whole. It is encrypted: without a pass phrase or "
                    "the recovery key, which you get next, nobody can open it. People are known by codes, "
                    "never by names. Give coders their pass phrases on the study's page, under People."
                )
            )
        )
        column.addLayout(form)
        column.addWidget(self._complaints)
        column.addWidget(buttons(self, self.tr("Make the study")))

    def _choose_folder(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Name of the new study folder"))
        if path:
            self.folder.setText(path)

    def _choose_instrument(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Instrument file"), filter=self.tr("Instrument files (*.toml)")
        )
        if path:
            self.instrument.setText(path)


class AddRecordingDialog(JobDialog):
    """Checks the files of one session, shows what is wrong with them, adds them, gives them to people."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Add a recording"))
        self._found: list[tuple[str, Examined]] = []
        self._chosen: tuple[str, ...] = ()
        self.files = QLineEdit()
        self.client, self.counselor = QLineEdit(), QLineEdit()
        self.arm, self.site = QLineEdit(), QLineEdit()
        self.number = QSpinBox()
        self.number.setRange(1, recordings.MOST_SESSIONS)
        self.purpose = QComboBox()
        # Clinicians rate nothing but their own sessions.
        raters = [member for member in bench.ask(people.roster) if member.role is not Role.CLINICIAN]
        self.given_to = {member: QCheckBox(member.code) for member in raters}
        self.progress = QProgressBar()
        self.report = sentence_label("", "warn")
        self.knowingly = QCheckBox(self.tr("Take it in as it is"))
        self._lay_out()

    def accept(self) -> None:
        """First check the files; when that is done and all is well, add them."""
        if self._job is not None:
            return
        if not self._found:
            self._check()
        elif not self.knowingly.isHidden() and not self.knowingly.isChecked():
            self._say(self.tr("Say that the file is to be taken in as it is, or choose another."), "warn")
        else:
            self._add()

    def _lay_out(self) -> None:
        for purpose, words in (
            (Purpose.PRODUCTION, self.tr("production")),
            (Purpose.RELIABILITY, self.tr("reliability")),
            (Purpose.TRAINING, self.tr("training")),
        ):
            self.purpose.addItem(words, purpose)
        form = roomy_form()
        form.addRow(self.tr("Files, in order"), chooser(self.files, self._choose, self.tr("Files, in order")))
        form.addRow(self.tr("Client id"), self.client)
        form.addRow(self.tr("Session number"), self.number)
        form.addRow(self.tr("Arm"), self.arm)
        form.addRow(self.tr("Site"), self.site)
        form.addRow(self.tr("Counselor id"), self.counselor)
        given = QGridLayout()
        for nth, (member, box) in enumerate(self.given_to.items()):
            given.addWidget(box, *divmod(nth, PEOPLE_A_ROW))
            box.setAccessibleName(self.tr("Give it to {code}").format(code=member.code))
        form.addRow(self.tr("Give it to"), given)
        form.addRow(self.tr("For"), self.purpose)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Checking the files"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(
            _introduction(
                self.tr("Ids must not identify anybody: use the study's own numbering, such as C017.")
            )
        )
        column.addLayout(form)
        for widget in (self.progress, self.report, self.knowingly):
            column.addWidget(widget)
            widget.hide()
        self.box = buttons(self, self.tr("Check and add"))
        column.addWidget(self.box)
        self.files.textChanged.connect(self._forget)

    def _choose(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Recording; several files are its parts"))
        if paths:
            self._chosen = tuple(paths)
            self.files.setText(BETWEEN_FILES.join(paths))

    def _paths(self) -> list[Path]:
        """The files chosen; one that is typed can have no semicolon in its name."""
        text = self.files.text()
        if self._chosen and text == BETWEEN_FILES.join(self._chosen):
            return [Path(path) for path in self._chosen]
        return [Path(part.strip()) for part in text.split(";") if part.strip()]

    def _forget(self) -> None:
        self._found = []
        self.knowingly.hide()
        self.knowingly.setChecked(False)
        self.report.hide()

    def _check(self) -> None:
        paths = self._paths()
        if not paths:
            self._say(self.tr("Choose the recording first."), "warn")
            return
        self.progress.setValue(0)
        self.progress.show()
        self.report.hide()
        self._job = Job(_examiner(paths), self)
        self._job.progressed.connect(lambda share: self.progress.setValue(round(share * 1000)))
        self._job.finished.connect(self._take)
        self._job.refused.connect(lambda error: self._stop(sentence(error)))
        self._job.stopped.connect(lambda: self._stop(self.tr("Stopped; nothing was added.")))
        self._job.start()

    def _take(self, found: list[tuple[str, Examined]]) -> None:
        self._job = None
        self.progress.hide()
        self._found = found
        problems = [
            sentence(_of_part(part, len(found), UserError(problem.template, **problem.values)))
            for part, (_, each) in enumerate(found, start=1)
            for problem in each.problems
        ]
        if problems:
            self._say("\n".join(problems), "warn")
            self.knowingly.show()
            return
        self._add()

    def _stop(self, text: str) -> None:
        self._job = None
        self.progress.hide()
        self._say(text, "alarm")

    def _add(self) -> None:
        facts = recordings.SessionFacts(
            self.client.text(),
            self.number.value(),
            self.arm.text().strip() or None,
            self.counselor.text().strip() or None,
            self.site.text().strip() or None,
        )
        to = [member.id for member, box in self.given_to.items() if box.isChecked()]
        try:
            done = self._bench.project.do(
                assign.add_and_assign,
                facts,
                self._found,
                self._bench.project.folder,
                to,
                self.purpose.currentData(),
            )
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        # A picture that cannot be kept is made again when it is wanted.
        with suppress(OSError):
            for _, each in self._found:
                self._bench.project.peaks.write(each.sha256, each.peaks.to_bytes())
        self._bench.changed.emit(done.changed)
        super().accept()

    def _say(self, text: str, role: str) -> None:
        self.report.setText(text)
        theme.set_role(self.report, role)
        self.report.show()
        self.adjustSize()


def _introduction(text: str) -> QLabel:
    """The sentence on top; it makes the dialog wide enough for itself, so that its height is known too."""
    made = sentence_label(text, "muted")
    made.setMinimumWidth(theme.scaled(WIDTH_PX))
    return made


def roomy_form() -> QFormLayout:
    """A form with air between its lines."""
    form = QFormLayout()
    form.setVerticalSpacing(theme.scaled(10))
    form.setHorizontalSpacing(theme.scaled(14))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def chooser(field: QLineEdit, choose: Callable[[], None], name: str) -> QWidget:
    """A field for a file, with a button that lets one choose it; ``name`` is what a screen reader says."""
    field.setAccessibleName(name)
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    button = QPushButton("…")
    button.setAccessibleName(QCoreApplication.translate("StudyDialogs", "{what}: choose").format(what=name))
    button.setAutoDefault(False)
    button.clicked.connect(choose)
    row.addWidget(field, 1)
    row.addWidget(button)
    return box


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _of_part(part: int, parts: int, what: UserError) -> UserError:
    """Says which part is meant, when there are several."""
    return UserError("Part {part}: {what}", part=part, what=what) if parts > 1 else what


def _examiner(paths: list[Path]) -> Callable[[Callable[[float], None], Callable[[], bool]], object]:
    """The work of examining all files, each with its share of the progress."""

    def work(on_progress: Callable[[float], None], cancelled: Callable[[], bool]) -> object:
        def tell(done: int, share: float) -> None:
            on_progress((done + share) / len(paths))

        found = []
        for done, path in enumerate(paths):
            try:
                found.append((str(path), examine(path, partial(tell, done), cancelled)))
            except UserError as error:
                raise _of_part(done + 1, len(paths), error) from error
        return found

    return work
