"""The study's examples of scales and points: heard, made of the evidence of master codes, taken back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mio_fidelity.coding import editions, exemplars
from mio_fidelity.coding.exemplars import ExemplarRow
from mio_fidelity.coding.listing import Column, Kind, Listing
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.bars import push_button
from mio_fidelity.gui.clip_player import ClipPlayer
from mio_fidelity.gui.exemplar_dialog import ExemplarDialog
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.workbench import Workbench, sentence

_COLUMNS = (
    Column("number", Sentence("No."), Kind.NUMBER),
    Column("scale", Sentence("Scale"), Kind.TEXT),
    Column("dimension", Sentence("Dimension")),
    Column("point", Sentence("Point"), Kind.NUMBER),
    Column("note", Sentence("What it shows"), Kind.TEXT),
    Column("mark", Sentence("Evidence"), Kind.TEXT, Sentence("What was written when it was marked.")),
    Column("length", Sentence("Length"), Kind.LENGTH),
)


class TrainingExamples(QWidget):
    """The table, and buttons under it.

    Signals:
        ready: What `primary` says may be another.
    """

    ready = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._rows: dict[str, ExemplarRow] = {}
        self.clips = ClipPlayer(bench.settings, self)
        self.view = ListingView()
        self.view.table.setAccessibleName(self.tr("Examples"))
        self.play = push_button("", self._toggle)
        self.withdraw = push_button(self.tr("Take back…"), self._ask_withdraw)
        row = QHBoxLayout()
        row.setSpacing(theme.scaled(8))
        row.addWidget(self.play)
        row.addWidget(self.withdraw)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.view.chosen.connect(self._enable)
        self.view.opened.connect(lambda _: self._toggle())
        self.clips.changed.connect(lambda _: self._enable())

    def show_study(self) -> None:
        """Show what is stored."""
        rows = self._bench.ask(exemplars.exemplars)
        self._rows = {row.id: row for row in rows}
        instrument = self._bench.ask(editions.latest_instrument) if rows else None
        told = []
        for row in rows:
            known = instrument is not None and row.scale in {each.key for each in instrument.scales}
            scale = instrument.scale(row.scale) if instrument is not None and known else None
            dimension = instrument.dimensions.get(row.dimension) if instrument is not None else None
            told.append(
                (
                    scale.number if scale else None,
                    scale.title if scale else row.scale,
                    dimension.title if dimension else row.dimension,
                    row.point,
                    row.note or None,
                    row.text or None,
                    row.end_ms - row.start_ms,
                )
            )
        ids = [row.id for row in rows]
        self.view.show_listing(Listing("examples", Sentence("Examples"), _COLUMNS, ids, told))
        self._enable()

    def forget(self) -> None:
        """Show nothing, be silent."""
        self.clips.stop()
        self._rows = {}
        self.view.show_listing(None)

    def focus(self) -> None:
        """Give the table the keyboard."""
        self.view.table.setFocus()

    def primary(self) -> tuple[str, bool, str]:
        """What the main button says, whether it can be pressed, and how much there is."""
        words = self.tr("Coders hear these from the manual's page of the scale.")
        if not self._rows:
            words = self.tr("No examples yet. Evidence of sessions that trainees may hear can become one.")
        return self.tr("Add an example…"), True, words

    def press(self) -> None:
        """Choose evidence to make an example of."""
        self.clips.stop()
        ExemplarDialog(self._bench, self).open()

    def listing(self) -> Listing | None:
        """What is shown."""
        return self.view.model.shown()

    def _enable(self) -> None:
        n = len([each for each in self.view.chosen_ids() if each in self._rows])
        self.play.setText(self.tr("■ Stop") if self.clips.key else self.tr("▶ Play"))
        self.play.setEnabled(n == 1 or bool(self.clips.key))
        self.withdraw.setEnabled(n == 1)
        self.ready.emit()

    def _toggle(self) -> None:
        chosen = self.view.chosen_ids()
        if self.clips.key:
            self.clips.stop()
        elif len(chosen) == 1:
            try:
                found = self._bench.ask(exemplars.clip, chosen[0], self._bench.project.folder)
            except UserError as error:
                self.clips.remarked.emit(sentence(error))
                return
            self.clips.play(chosen[0], found.media, found.start_ms, found.end_ms)

    def _ask_withdraw(self) -> None:
        (chosen,) = self.view.chosen_ids()
        words = self.tr("Take this example back? Coders hear it no more; the history keeps that it was one.")
        dialog = ask(self, self.tr("Take back"), words, self.tr("Take back"))
        dialog.answered.connect(lambda _: self._bench.do(exemplars.withdraw, chosen))
