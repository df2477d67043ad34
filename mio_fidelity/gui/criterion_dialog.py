"""What the study itself asks of a session: a lowest and a highest domain score, arm by arm."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis.counselor_listings import score_title
from mio_fidelity.analysis.counselor_results import CounselorReport, Slot
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.workbench import Workbench, sentence

WIDTH_PX, HEIGHT_PX, FIELD_PX = 560, 560, 76


class CriterionDialog(QDialog):
    """A line for each arm and domain score; what is left empty is not asked for.

    Args:
        bench: Runs the verb.
        report: The arms and domain scores there are, and what is chosen now.
        parent: Its parent.
    """

    def __init__(self, bench: Workbench, report: CounselorReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._report = bench, report
        self.setWindowTitle(self.tr("Criterion of the study"))
        self.fields: dict[tuple[str, Slot], tuple[QLineEdit, QLineEdit]] = {}
        self.problem = sentence_label("", "alarm")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr(
            "A session meets the criterion when all that is asked for its arm is met. Nothing is asked "
            "unless you write it here: the program has no cut-off of its own. Which way is good depends "
            "on the arm, so there is a lowest and a highest score."
        )
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self._lines(), 1)
        column.addWidget(self.problem)
        column.addWidget(buttons(self, self.tr("Choose")))
        self.resize(theme.scaled(WIDTH_PX), theme.scaled(HEIGHT_PX))
        bench.refused.connect(self._take_refusal)

    def bands(self) -> list[Band]:
        """What is written.

        Raises:
            UserError: something is no number.
        """
        found = []
        for (arm, slot), (least, most) in self.fields.items():
            limits = [_number(field.text()) for field in (least, most)]
            if limits != [None, None]:
                found.append(Band(arm, *slot, *limits))
        return found

    def accept(self) -> None:
        """Store it; what is refused stays to be mended."""
        try:
            bands = self.bands()
        except UserError as error:
            self._take_refusal(error)
            return
        if self._bench.do(set_criterion, bands) is not None:
            super().accept()

    def _lines(self) -> QScrollArea:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setHorizontalSpacing(theme.scaled(12))
        grid.setVerticalSpacing(theme.scaled(4))
        grid.setColumnStretch(0, 1)
        now = {(band.arm, (band.domain, band.dimension)): band for band in self._report.bands}
        arms = list(self._report.arms)
        # Without arms, or where it was chosen so before, for sessions of any arm.
        arms += [arm for arm in dict.fromkeys(key[0] for key in now) if arm not in arms]
        for arm in arms or [""]:
            self._heading(grid, arm)
            # What was chosen with another edition stays, and can be taken away.
            others = [slot for of, slot in now if of == arm and slot not in self._report.slots]
            for slot in (*self._report.slots, *others):
                self._line(grid, arm, slot, now.get((arm, slot)))
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        return area

    def _heading(self, grid: QGridLayout, arm: str) -> None:
        row = grid.rowCount()
        title = self.tr("Arm {arm}").format(arm=arm) if arm else self.tr("Any arm")
        grid.addWidget(label(title, "title"), row, 0)
        for at, words in enumerate((self.tr("at least"), self.tr("at most")), 1):
            grid.addWidget(label(words, "muted"), row, at, Qt.AlignmentFlag.AlignBottom)

    def _line(self, grid: QGridLayout, arm: str, slot: Slot, band: Band | None) -> None:
        row, title = grid.rowCount(), score_title(self._report, slot)
        grid.addWidget(label(title), row, 0)
        made = []
        for at, (words, limit) in enumerate(
            (
                (self.tr("{arm}, {score}: at least"), band.least if band else None),
                (self.tr("{arm}, {score}: at most"), band.most if band else None),
            ),
            1,
        ):
            field = QLineEdit("" if limit is None else f"{limit:g}")
            field.setFixedWidth(theme.scaled(FIELD_PX))
            field.setAccessibleName(words.format(arm=arm or self.tr("any arm"), score=title))
            grid.addWidget(field, row, at)
            made.append(field)
        self.fields[arm, slot] = made[0], made[1]

    def _take_refusal(self, error: UserError) -> None:
        self.problem.setText(sentence(error))
        self.problem.show()


def _number(text: str) -> float | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise UserError("{text} is no number. Write a score such as 4 or 3.5.", text=text) from error
