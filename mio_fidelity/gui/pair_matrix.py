"""Who agrees with whom: one cell for every pair of coders."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QVBoxLayout, QWidget

from mio_fidelity.analysis.pairs import Pair
from mio_fidelity.gui import band_marks, figures, theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.cell_grid import CellGrid
from mio_fidelity.gui.workbench import said
from mio_fidelity.report.bands import BANDS, Scheme

Index = QModelIndex | QPersistentModelIndex
PAIR = Qt.ItemDataRole.UserRole
NARROW, WIDE, HIGH = 44, 64, 40


class PairModel(QAbstractTableModel):
    """Coders by coders, in the order of their codes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.coders: tuple[str, ...] = ()
        self.pairs: dict[tuple[str, str], Pair] = {}
        self.scheme: Scheme = "cicchetti"
        self.stale = False

    def show(self, coders: Sequence[str], pairs: Sequence[Pair], scheme: Scheme) -> None:
        """Show these pairs."""
        self.beginResetModel()
        self.coders = tuple(sorted(coders))
        self.pairs = {(pair.first, pair.second): pair for pair in pairs}
        self.pairs |= {(pair.second, pair.first): pair for pair in pairs}
        self.scheme, self.stale = scheme, False
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many coders."""
        return 0 if parent.isValid() else len(self.coders)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many coders."""
        return self.rowCount(parent)

    def headerData(
        self, section: int, _orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """A coder's code."""
        return self.coders[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The pair of a cell, in a number or in words."""
        one, other = self.coders[index.row()], self.coders[index.column()]
        pair = self.pairs.get((one, other))
        if role == PAIR:
            return pair
        if role == Qt.ItemDataRole.DisplayRole:
            return figures.coefficient(pair.icc) if pair else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(one, other)
        return None

    def words(self, one: str, other: str) -> str:
        """All there is to say of two coders."""
        pair = self.pairs.get((one, other))
        if one == other:
            return self.tr("{coder} with {coder}: nothing to compare").format(coder=one)
        if pair is None:
            return self.tr("{one} and {other} share no session.").format(one=one, other=other)
        words = self.tr(
            "{one} and {other}: ICC {icc}, exact {exact}, ±1 {within}, {one} minus {other} {bias} points;"
            " sessions: {sessions}, pairs of scores: {scores}."
        ).format(
            one=pair.first,
            other=pair.second,
            icc=figures.coefficient(pair.icc),
            exact=figures.percent(pair.exact),
            within=figures.percent(pair.within_1),
            bias=figures.signed(pair.bias),
            sessions=pair.n_sessions,
            scores=pair.n_scores,
        )
        return f"{words} {self.tr('No ICC: {why}.').format(why=said(pair.why))}" if pair.why else words

    def as_text(self) -> str:
        """The matrix for the clipboard."""
        lines = ["\t".join(["", *self.coders])]
        for row, code in enumerate(self.coders):
            cells = (str(self.data(self.index(row, column))) for column in range(len(self.coders)))
            lines.append("\t".join([code, *cells]))
        return "\n".join(lines)


class PairDelegate(QStyledItemDelegate):
    """A cell: the number, with the shape and the colour of its band."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        now, pair, model, view = theme.tokens(), index.data(PAIR), index.model(), self.parent()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = QRectF(option.rect).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.window)
        if isinstance(model, PairModel) and pair is not None and not math.isnan(pair.icc):
            painter.setOpacity(0.4 if model.stale else 1.0)
            band = bisect_right(BANDS[model.scheme].limits, pair.icc)
            painter.setBrush(band_marks.wash(now, band, 0.2))
            painter.drawRoundedRect(cell, 3, 3)
            painter.setBrush(band_marks.ink(now, band))
            mark = QPointF(cell.left() + theme.scaled(8), cell.center().y())
            band_marks.draw_shape(painter, band_marks.SHAPES[band], mark, theme.scaled(3))
        else:
            painter.drawRoundedRect(cell, 3, 3)
        painter.setPen(now.text if pair is not None else now.muted)
        painter.setFont(theme.font())
        painter.drawText(
            cell.adjusted(theme.scaled(9), 0, 0, 0), int(Qt.AlignmentFlag.AlignCenter), index.data()
        )
        painter.setOpacity(1.0)
        if isinstance(view, QTableView) and view.hasFocus() and view.currentIndex() == index:
            theme.draw_focus(painter, cell)
        painter.restore()


class PairGrid(CellGrid):
    """The cells; as wide as there is room, and scrolled when there are many coders."""

    def __init__(self, model: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(model, HIGH, parent)
        self.pairs = model
        self.setItemDelegate(PairDelegate(self))
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        model.modelReset.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the room there is."""
        super().resizeEvent(event)
        self._fit()

    def as_text(self) -> str:
        """The matrix for the clipboard."""
        return self.pairs.as_text()

    def _fit(self) -> None:
        n = max(1, len(self.pairs.coders))
        side = min(max(self.viewport().width() // n, theme.scaled(NARROW)), theme.scaled(WIDE))
        self.horizontalHeader().setDefaultSectionSize(side)


class PairMatrix(QWidget):
    """The matrix with its title, and what there is to say of the pair that is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "title")
        self.model = PairModel(self)
        self.view = PairGrid(self.model)
        self.sentence = label("", "small")
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.scaled(px) for px in (12, 9, 12, 8)))
        whole.addWidget(self.title)
        whole.addWidget(self.view, 1)
        whole.addWidget(self.sentence)
        self.view.selectionModel().currentChanged.connect(lambda now, _: self._tell(now))

    def show_pairs(
        self, coders: Sequence[str], pairs: Sequence[Pair], dimension: str, scheme: Scheme
    ) -> None:
        """Show the pairs of a dimension."""
        words = self.tr("Coder pairs: {dimension}").format(dimension=dimension)
        self.title.setText(words)
        self.view.setAccessibleName(words)
        self.sentence.setText(self.tr("ICC over all scales. Choose a pair for its numbers."))
        self.model.show(coders, pairs, scheme)

    def grey(self, stale: bool) -> None:
        """Grey the values, because newer ones are on their way."""
        self.model.stale = stale
        self.view.viewport().update()

    def choose(self, coder: str) -> None:
        """Go to the first pair of this coder."""
        if coder in self.model.coders:
            at = self.model.coders.index(coder)
            self.view.setCurrentIndex(self.model.index(at, 1 if at == 0 else 0))
            self.view.setFocus()

    def _tell(self, now: QModelIndex) -> None:
        if now.isValid():
            coders = self.model.coders
            self.sentence.setText(self.model.words(coders[now.row()], coders[now.column()]))
