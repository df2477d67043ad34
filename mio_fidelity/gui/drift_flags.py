"""The foot of the drift page: what is flagged, in words, and the one step to take about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from mio_fidelity.analysis.drift_results import DriftReport, Standing
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate
USUAL_DRAW = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence with what can be done about it.

    Attributes:
        words: The sentence.
        role: Of the theme.
        person_id: The coder it is about; empty when it is about nobody alone.
        code: The coder's code.
        open: The recalibration that is under way.
    """

    words: str
    role: str
    person_id: str = ""
    code: str = ""
    open: RecalibrationRow | None = None


def notices_of(report: DriftReport, rows: Sequence[RecalibrationRow]) -> tuple[Notice, ...]:
    """Everything to be said: of the group, of each coder by code, of pairs; one sentence when all is well."""
    # One of which everything was taken back is not under way: another can be drawn in its place.
    under_way = {row.person_id: row for row in rows if row.under_way}
    found = [
        Notice(f"▲ {said(flag.words)}", "warn")
        for series in report.group
        for flag in series.flags
        if flag.cleared_on is None
    ]
    for coder in report.coders:
        row = under_way.pop(coder.person_id, None)
        about = (coder.person_id, coder.coder, row)
        # Two who have moved apart are named once for both, below.
        own = [flag for flag in coder.flags if flag.standing is not Standing.APART]
        found += [Notice(f"▲ {said(flag.words)}", "warn", *about) for flag in own]
        if row is not None and not own:
            words = translate("Drift", "{code} is being recalibrated.").format(code=coder.coder)
            found.append(Notice(words, "muted", *about))
    for row in under_way.values():
        words = translate("Drift", "{code} is being recalibrated.").format(code=row.coder)
        found.append(Notice(words, "muted", row.person_id, row.coder, row))
    found += [Notice(f"▲ {said(words)}", "warn") for words in report.apart]
    if found:
        return tuple(found)
    if any(series.n for coder in report.coders for series in coder.series):
        return (Notice(translate("Drift", "✔ No chart is flagged."), "ok"),)
    return (Notice(translate("Drift", "Too few sessions so far to say anything."), "muted"),)


class FlagLine(QWidget):
    """One notice at a time, the others one click away.

    Signals:
        draw_asked: Draw master sessions for the coder of this notice.
        close_asked: Close the recalibration of this notice.
        shown: The notice that is shown now.
    """

    draw_asked = Signal(object)
    close_asked = Signal(object)
    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label("")
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.before, self.after = QPushButton("‹"), QPushButton("›")
        self.place = label("", "small")
        self.state = label("", "small")
        self.step = QPushButton()
        self._notices: tuple[Notice, ...] = ()
        self._at = 0
        self._lay_out()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notices[self._at] if self._notices else None

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show these; the one about the same coder stays in sight."""
        before = self.notice
        self._notices, self._at = tuple(notices), 0
        if before is not None:
            same = [at for at, each in enumerate(self._notices) if each.words == before.words]
            about = [
                at
                for at, each in enumerate(self._notices)
                if each.person_id and each.person_id == before.person_id
            ]
            self._at = (*same, *about, 0)[0]
        self._show()

    def show_coder(self, person_id: str) -> None:
        """Show the first notice about a coder, if there is one and none of hers is shown."""
        if self.notice is not None and self.notice.person_id == person_id:
            return
        for at, each in enumerate(self._notices):
            if each.person_id and each.person_id == person_id:
                self._at = at
                self._show()
                return

    def _turn(self, by: int) -> None:
        self._at = (self._at + by) % max(1, len(self._notices))
        self._show()

    def _show(self) -> None:
        now, many = self.notice, len(self._notices) > 1
        self.words.setText(now.words if now else "")
        self.words.setToolTip(now.words if now else "")
        theme.set_role(self.words, now.role if now else "muted")
        for widget in (self.before, self.after, self.place):
            widget.setVisible(many)
        self.place.setText(self.tr("{at} of {n}").format(at=self._at + 1, n=len(self._notices)))
        row = now.open if now else None
        rated = row is not None and row.submitted == row.given and row.given > 0
        self.state.setVisible(row is not None)
        if row is not None:
            self.state.setText(
                self.tr("recalibration: {n} of {all} rated").format(n=row.submitted, all=row.given)
            )
        self.step.setVisible(bool(now and now.person_id) and (row is None or rated))
        if now is not None:
            words = (
                self.tr("close recalibration of {code}…")
                if rated
                else self.tr("draw {n} master sessions for {code}…")
            )
            self.step.setText(words.format(n=USUAL_DRAW, code=now.code))
            self.shown.emit(now)

    def _step(self) -> None:
        if self.notice is not None:
            (self.draw_asked if self.notice.open is None else self.close_asked).emit(self.notice)

    def _lay_out(self) -> None:
        theme.set_role(self.step, "link")
        for button, name in (
            (self.before, self.tr("The notice before")),
            (self.after, self.tr("The next notice")),
        ):
            theme.set_role(button, "quiet")
            button.setAccessibleName(name)
            button.setToolTip(name)
        for button in (self.before, self.after, self.step):
            button.setAutoDefault(True)
        self.before.clicked.connect(lambda: self._turn(-1))
        self.after.clicked.connect(lambda: self._turn(1))
        self.step.clicked.connect(self._step)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scaled(8))
        row.addWidget(self.words, 1)
        for widget in (self.before, self.place, self.after, self.state, self.step):
            row.addWidget(widget)
        for widget in (self.before, self.after, self.place, self.state, self.step):
            widget.hide()
