"""Assigning sessions by plan: terms on the left, what they would give out on the right. For supervisors."""

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import people, planned
from mio_fidelity.coding.plan import Plan, plan_from, read_plan
from mio_fidelity.coding.planned import CarriedOut
from mio_fidelity.errors import UserError
from mio_fidelity.gui import icons, theme
from mio_fidelity.gui.assign_dialog import AssignDialog
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.bars import FootBar, HeaderBar, lay_out_page
from mio_fidelity.gui.plan_preview import PlanPreview
from mio_fidelity.gui.plan_terms import PlanTerms
from mio_fidelity.gui.plan_words import usual_plan
from mio_fidelity.gui.plan_work import Drawn, draw_now, write_plan
from mio_fidelity.gui.plans_dialog import PlansDialog
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import Role

SHOWN_TABLES = {
    *("rating", "person", "barred", "treatment_session", "recording", "client", "counselor", "site"),
    *EVERYTHING,
}
# Several changes in a row are one.
PAUSE_MS = 250
TERMS_PX = 424


class PlanPage(QWidget):
    """Asks for terms, has them drawn on another thread, and carries them out when that is wanted.

    Signals:
        left: Back to the list of sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        # What was being thought about when the page was left, and in which study.
        self._kept: tuple[str, Plan, int] | None = None
        self._study = ""
        self._drawn: Drawn | None = None
        self._job: Job | None = None
        self.header, self.foot = HeaderBar(), FootBar()
        self.back = QPushButton()
        self.earlier = QPushButton(self.tr("Earlier plans…"))
        self.load = QPushButton(self.tr("Load a plan…"))
        self.save = QPushButton(self.tr("Save the plan…"))
        self.terms, self.preview, self.wait = PlanTerms(), PlanPreview(), WaitStrip()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._dress()
        self._lay_out()
        self._connect()

    def open(self) -> None:
        """Show what the plan would give out in the study as it is."""
        self._study = str(self._bench.project.folder)
        self.foot.say("")
        self.terms.show_plan(*self._begin_with())
        self._draw()
        self.terms.unit.setFocus()

    def forget(self) -> None:
        """Let go of what was shown: somebody else may be at the screen next."""
        if self._study:
            self._kept = self._study, self.terms.plan(), self.terms.seed()
        self._study = ""
        self._drop()
        self.preview.clear()
        self.terms.forget()
        self.foot.say("")
        self._show_state()

    def stop_work(self) -> None:
        """Stop everything."""
        self.forget()

    def show_plan(self, plan: Plan, seed: int) -> None:
        """Show the terms of ``plan``, and draw them."""
        self.foot.say("")
        self.terms.show_plan(plan, seed)
        self._draw_soon()

    def _begin_with(self) -> tuple[Plan, int]:
        """What was on the page before, else the last plan carried out in this study, else the usual one."""
        if self._kept is not None and self._kept[0] == self._study:
            return self._kept[1:]
        try:
            for last in self._bench.ask(planned.plans):
                return plan_from(last.terms), last.seed
        except UserError:
            # Of another release of the program. Who may not assign is told so by the preview.
            pass
        return usual_plan(), 1

    def _dress(self) -> None:
        icons.set_icon(self.back, "queue", self.tr("Back to the sessions (Esc)"))
        self.header.title.setText(self.tr("Assignment"))
        self.header.add_left(self.back)
        for button in (self.earlier, self.load, self.save):
            self.header.add_right(button)
        self.earlier.setToolTip(self.tr("Plans that were carried out, with their terms and seeds"))
        self.load.setToolTip(self.tr("Read the terms from a file (Ctrl+O)"))
        self.save.setToolTip(self.tr("Write the terms to a file (Ctrl+S)"))
        self.foot.primary.setToolTip(self.tr("Give out what the preview shows (Ctrl+Return)"))
        theme.set_role(self.foot.saved, "muted")
        for each in (self.back, self.earlier, self.load, self.save, self.foot.primary):
            # Enter presses what has the keyboard.
            each.setAutoDefault(True)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(theme.scaled(12))
        split.setChildrenCollapsible(False)
        for side in (self.terms, self.preview):
            panel = QWidget()
            theme.set_role(panel, "panel")
            inner = QVBoxLayout(panel)
            inner.setContentsMargins(1, 1, 1, 1)
            inner.addWidget(side)
            split.addWidget(panel)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.scaled(TERMS_PX), theme.scaled(1366 - TERMS_PX)])
        middle = QHBoxLayout()
        middle.setContentsMargins(*(theme.scaled(px) for px in (14, 12, 14, 10)))
        middle.addWidget(split)
        lay_out_page(self, self.header, middle, self.foot)
        row = self.foot.layout()
        assert isinstance(row, QBoxLayout)
        row.insertWidget(1, self.wait)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.earlier.clicked.connect(self._show_earlier)
        self.load.clicked.connect(self._load)
        self.save.clicked.connect(self._save)
        self.terms.changed.connect(self._take_terms)
        self._pause.timeout.connect(self._draw)
        self.foot.primary.clicked.connect(self._assign)
        self._bench.changed.connect(self._take_change)
        for keys, does in (
            ("Escape", self.left.emit),
            ("F5", self._draw),
            ("Ctrl+O", self.load.click),
            ("Ctrl+S", self.save.click),
            ("Ctrl+Return", self.foot.primary.click),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _take_change(self, changed: frozenset[str]) -> None:
        if self.isVisible() and self._study and changed & SHOWN_TABLES:
            self._draw_soon()

    def _take_terms(self) -> None:
        self.foot.say("")
        self._draw_soon()

    def _draw_soon(self) -> None:
        """What was drawn holds no longer."""
        self._drop()
        if self._can_draw():
            self._pause.start()
        self._show_state()

    def _draw(self) -> None:
        self._drop()
        if self._can_draw():
            work = partial(draw_now, self._bench.project, self.terms.plan(), self.terms.seed(), date.today())
            self._job = Job(work, self)
            self._job.finished.connect(self._take)
            self._job.refused.connect(self._take_refusal)
            self._job.stopped.connect(self._take_stop)
            self.wait.watch(self._job, self.tr("Drawing…"))
            self._job.start()
        self._show_state()

    def _can_draw(self) -> bool:
        """Whether there is a study and a plan; a problem is shown in place of the preview."""
        problems = self.terms.plan().problems()
        if problems:
            self.preview.show_refusal(sentence(problems[0]))
        return bool(self._study) and not problems

    def _take(self, drawn: Drawn) -> None:
        self._job, self._drawn = None, drawn
        coders = (each.code for each in self._bench.ask(people.roster) if each.role is not Role.CLINICIAN)
        self.terms.offer(drawn.arms, drawn.sites, coders)
        self.preview.show_drawn(drawn)
        self._show_state()

    def _take_refusal(self, error: UserError) -> None:
        self._job = None
        self.preview.show_refusal(sentence(error))
        self._show_state()

    def _take_stop(self) -> None:
        self._job = None
        self._show_state()
        self.foot.say(self.tr("Stopped. F5 draws again."))

    def _drop(self) -> None:
        """What is drawn, or being drawn, is wanted no longer."""
        self._pause.stop()
        if self._job is not None:
            self._job.drop()
            self.wait.forget()
        self._job = self._drawn = None
        self.preview.grey(True)

    def _show_state(self) -> None:
        """What is stored, and what the button would do."""
        drawn = self._drawn
        new = len(drawn.proposal.new) if drawn else 0
        self.foot.primary.setEnabled(new > 0)
        words = self.tr("Assign 1 rating") if new == 1 else self.tr("Assign {n} ratings")
        self.foot.primary.setText(words.format(n=new) if new else self.tr("Assign"))
        valid = not self.terms.plan().problems()
        self.save.setEnabled(valid)
        if not valid:
            self.foot.saved.setText("")
        elif drawn is None:
            self.foot.saved.setText(self.tr("The preview is not up to date."))
        elif not new:
            self.foot.saved.setText(self.tr("Nothing new to give out."))
        else:
            self.foot.saved.setText(self.tr("A preview: nothing is stored yet."))

    def _assign(self) -> None:
        """Ask once, then assign."""
        if self._drawn is None:
            return
        self.foot.say("")
        dialog = AssignDialog(self._bench, self._drawn, self)
        dialog.assigned.connect(self._take_assigned)
        dialog.outdated.connect(self._draw_soon)
        dialog.open()

    def _take_assigned(self, done: CarriedOut) -> None:
        words = self.tr("✔ Ratings given out: {n}; sessions: {sampled}, coded twice: {twice}.")
        if done.recodes:
            words = self.tr(
                "✔ Ratings given out: {n}; sessions: {sampled}, coded twice: {twice}; hidden re-codes:"
                " {again}."
            )
        self.foot.say(
            words.format(n=done.assigned, sampled=done.sampled, twice=done.double_coded, again=done.recodes),
            "ok",
        )

    def _show_earlier(self) -> None:
        dialog = PlansDialog(self._bench, self)
        dialog.chosen.connect(self.show_plan)
        dialog.open()

    def _load(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Load a plan"), _documents(), self.tr("Plans (*.toml)")
        )
        if not chosen:
            return
        try:
            self.show_plan(read_plan(Path(chosen)), self.terms.seed())
        except UserError as error:
            self.foot.say(f"▲ {sentence(error)}", "alarm")

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the plan"), str(Path(_documents()) / "plan.toml"), self.tr("Plans (*.toml)")
        )
        if not chosen:
            return
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(".toml")
        try:
            write_plan(path, self.terms.plan(), self.terms.seed())
            self.foot.say(self.tr("✔ The plan is written."), "ok")
        except UserError as error:
            self.foot.say(f"▲ {sentence(error)}", "alarm")


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
