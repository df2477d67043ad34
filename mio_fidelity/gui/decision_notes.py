"""Above a page of the manual: what the study decided about the scale, set apart from the manual's words."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QLocale, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from mio_fidelity.coding.decisions import Decided
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.text_runs import Run, TextRuns

STRIPE_PX = 3
EDGE_PX = 12
# More than anybody decides in one breath; the tool tip has the rest.
MOST_LINES = 40
# Of the room above it and itself; the manual keeps the rest.
MOST_SHARE = 0.45


def long_day(day: date) -> str:
    """A day with the month in words, which nobody reads the wrong way round."""
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMMM yyyy")


class DecisionNotes(QScrollArea):
    """A note for each decision about a scale; away where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: tuple[Decided, ...] = ()
        self._shown: tuple[Decided, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        edge, air = theme.scaled(EDGE_PX), theme.scaled(2)
        self.setViewportMargins(edge, air, edge, air)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Decisions of this study"))
        self.hide()

    @property
    def shown(self) -> tuple[Decided, ...]:
        """What can be read in it now."""
        return self._shown

    def take(self, found: Sequence[Decided]) -> None:
        """Take the decisions that hold for a rating; `show_for` shows those about a scale."""
        self._found = tuple(found)

    def show_for(self, scale: str) -> None:
        """Show the decisions about a scale; without one, those about all scales."""
        about = tuple(each for each in self._found if (each.concerns(scale) if scale else each.scale is None))
        self.setVisible(bool(about))
        if about != self._shown:
            self._shown = about
            self.setWidget(_Notes(about))
            self._fit()

    def sizeHint(self) -> QSize:
        """As high as the notes, while the manual keeps most of the room."""
        body, whole = self.widget(), self.parentWidget()
        if body is None or whole is None:
            return QSize(0, 0)
        most = max(theme.scaled(60), int(whole.height() * MOST_SHARE))
        return QSize(theme.scaled(200), min(self._wanted(body, whole.width()), most))

    def minimumSizeHint(self) -> QSize:
        """A line or two."""
        return QSize(0, min(self.sizeHint().height(), theme.scaled(44)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        body = self.widget()
        scrolls = body is not None and self.sizeHint().height() < self._wanted(body, self.width())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if scrolls else Qt.FocusPolicy.NoFocus)
        self.updateGeometry()

    def _wanted(self, body: QWidget, width: int) -> int:
        edges = self.viewportMargins()
        inside = width - edges.left() - edges.right()
        return body.heightForWidth(inside) + edges.top() + edges.bottom()


class _Notes(QWidget):
    """The notes, on a ground of their own with a stripe at the left."""

    def __init__(self, found: Sequence[Decided]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(13), theme.scaled(6), theme.scaled(10), theme.scaled(8))
        column.setSpacing(theme.scaled(5))
        column.addWidget(label(self.tr("Decided in this study; not part of the manual"), "small"))
        for each in found:
            text = TextRuns(lines=MOST_LINES)
            text.set_runs(*self._runs(each))
            column.addWidget(text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The ground and the stripe."""
        painter, now = QPainter(self), theme.tokens()
        painter.fillRect(self.rect(), now.note)
        painter.fillRect(0, 0, theme.scaled(STRIPE_PX), self.height(), now.warn)

    def _runs(self, found: Decided) -> tuple[Run, ...]:
        day = self.tr("Since {day}").format(day=long_day(found.since))
        about = [found.dimension_title, "" if found.scale else self.tr("all scales")]
        lead = "".join(f" · {part}" for part in about if part)
        met = ""
        if found.met_on is not None:
            met = self.tr(" (meeting of {day})").format(day=long_day(found.met_on))
        return Run(day, bold=True), Run(f"{lead}: {found.text}"), Run(met, color="muted")
