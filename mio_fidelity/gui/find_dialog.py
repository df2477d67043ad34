"""Recordings that were moved are found again, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.coding import intake
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.media.folder import found_again, found_by_name
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Done, Project


@dataclass(frozen=True, slots=True)
class Looked:
    """Files that are where they are said to lie, and files that are not."""

    in_place: frozenset[Path] = frozenset()
    lost: tuple[intake.Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """New places, and what was not found."""

    places: tuple[tuple[intake.Lost, Path], ...]
    missing: tuple[intake.Lost, ...]


class FindDialog(WorkDialog):
    """Says what is lost, searches a folder, and remembers the new places only when told to."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Find moved recordings"))
        self._looked = Looked()
        self._places: tuple[tuple[intake.Lost, Path], ...] = ()
        self.state, self.heading = label("", "title"), label("", "title")
        self.folder = QLineEdit()
        self.chooser = chooser(self.folder, self._choose, self.tr("Folder to search"))
        self.missing = list_of(self.tr("Files that are missing"))
        self._lay_out()
        self._look()

    def accept(self) -> None:
        """Search, or remember what was found."""
        if not self.go.isEnabled():
            return
        if self._places:
            project = self._bench.project
            self._start(partial(_remember, project, self._places), self._take_stored, self._look)
        else:
            self._search()

    def _lay_out(self) -> None:
        words = self.tr(
            "Choose a folder; it is searched with everything below it. A recording is known again by its"
            " content, whatever it is called now; a converted, cut or repaired copy does not count. A file"
            " that is still awaited is known by its name, where only one file has that name."
        )
        form = roomy_form()
        form.addRow(self.tr("Folder"), self.chooser)
        self.progress.setAccessibleName(self.tr("How much is searched"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.state)
        column.addLayout(form)
        for widget in (self.progress, self.report, self.heading):
            column.addWidget(widget)
        column.addWidget(self.missing, 1)
        column.addStretch()
        column.addWidget(self.box)
        self.folder.textChanged.connect(self._forget)
        self._widen()

    def _look(self) -> None:
        """Ask which files are not where they are said to lie."""
        self.state.setText(self.tr("Looking where the recordings lie…"))
        self._start(partial(_look, self._bench.project), self._take_looked, self._not_looked)

    def _take_looked(self, looked: Looked) -> None:
        self._looked, self._places = looked, ()
        if looked.lost:
            words = self.tr("Files that are not where they are said to lie: {n} of {files}.")
            self.state.setText(
                words.format(n=len(looked.lost), files=len(looked.lost) + len(looked.in_place))
            )
        else:
            self.state.setText(self.tr("✔ Every file is where it is said to lie."))
        self._list(looked.lost, self.tr("Missing: {n}"))
        self._enable()
        (self.folder if looked.lost else self.stop).setFocus()

    def _not_looked(self) -> None:
        self.state.setText(self.tr("Stopped before it was known what is missing."))

    def _choose(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.windowTitle())
        if path:
            self.folder.setText(path)
            self.accept()

    def _search(self) -> None:
        folder = Path(self.folder.text().strip()).absolute()
        if not folder.is_dir():
            self._say(self.tr("▲ This folder is not there. Choose another."), "warn")
            return
        self._say("", "muted")
        self._start(partial(_find, self._looked, folder), self._take_found, self._not_found)

    def _take_found(self, found: Found) -> None:
        self._places = found.places
        words = self.tr("▲ {found} found, {missing} not.") if found.missing else self.tr("✔ {found} found.")
        role = "warn" if found.missing else "ok"
        self._say(words.format(found=len(found.places), missing=len(found.missing)), role)
        self._list(found.missing, self.tr("Not found: {n}"))
        self._enable()
        (self.go if found.places else self.folder).setFocus()

    def _not_found(self) -> None:
        self._say(self.tr("▲ Stopped; nothing was changed."), "warn")

    def _take_stored(self, done: Done[int]) -> None:
        self._say(self.tr("✔ New places remembered: {n}.").format(n=done.value), "ok")
        self._bench.changed.emit(done.changed)
        self._look()

    def _take_refusal(self, error: UserError) -> None:
        super()._take_refusal(error)
        if self._places:
            self._places = ()
            self._look()

    def _forget(self) -> None:
        """What was found holds for the folder that was searched."""
        if self._places:
            self._places = ()
            self._say("", "muted")
            self._list(self._looked.lost, self.tr("Missing: {n}"))
        self._enable()

    def _list(self, lost: Sequence[intake.Lost], heading: str) -> None:
        self.missing.clear()
        for each in lost:
            words = (
                self.tr("{session}, part {part}")
                if each.sha256
                else self.tr("{session}, part {part}, awaited")
            )
            self.missing.addItem(words.format(session=each.session, part=each.part))
        self.heading.setText(heading.format(n=len(lost)))
        for widget in (self.heading, self.missing):
            widget.setVisible(bool(lost))
        if lost:
            self._make_room()

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self._enable()

    def _enable(self) -> None:
        self.go.setText(self.tr("Remember the new places") if self._places else self.tr("Search"))
        searchable = bool(self._looked.lost) and bool(self.folder.text().strip())
        self.go.setEnabled(not self.busy and searchable)
        self.chooser.setEnabled(not self.busy and bool(self._looked.lost))


def _look(project: Project, on_progress: OnProgress, cancelled: IsCancelled) -> Looked:
    files = project.ask_elsewhere(intake.files, project.folder)
    progress = Progress(on_progress, cancelled)
    in_place, lost = set(), []
    for nth, each in enumerate(files):
        progress.at(nth / len(files))
        if _is_in_place(each):
            in_place.add(each.path)
        else:
            lost.append(each)
    return Looked(frozenset(in_place), tuple(lost))


def _is_in_place(file: intake.Lost) -> bool:
    """Whether the file is there, and for a recording of the size it had."""
    try:
        byte_size = file.path.stat().st_size
    except (OSError, ValueError):
        return False
    return not file.sha256 or byte_size == file.stored_bytes


def _find(looked: Looked, folder: Path, on_progress: OnProgress, cancelled: IsCancelled) -> Found:
    awaited = [each.path for each in looked.lost if not each.sha256]
    wanted = {(each.byte_size, each.sha256) for each in looked.lost if each.sha256}
    by_name = found_by_name(awaited, folder, cancelled)
    by_content = found_again(wanted, folder, on_progress, cancelled)
    # What the study has already is nothing to wait for, whatever it is called.
    known = looked.in_place | set(by_content.values())
    places, missing = [], []
    for each in looked.lost:
        place = by_content.get(each.sha256) if each.sha256 else by_name.get(each.path)
        if place is None or (not each.sha256 and place in known):
            missing.append(each)
        else:
            places.append((each, place))
    return Found(tuple(places), tuple(missing))


def _remember(
    project: Project,
    places: Sequence[tuple[intake.Lost, Path]],
    _on_progress: OnProgress,
    _cancelled: IsCancelled,
) -> Done[int]:
    return project.do_elsewhere(intake.relocate_all, places, project.folder)
