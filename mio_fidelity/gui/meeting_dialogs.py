"""What a meeting page asks: what was talked about, and what was decided."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import meetings
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.instrument import Instrument

WIDTH_PX = 520


def day_edit(day: date) -> QDateEdit:
    """A field for a day, as days are written everywhere in the program."""
    made = QDateEdit(QDate(day.year, day.month, day.day))
    made.setDisplayFormat("yyyy-MM-dd")
    made.setCalendarPopup(True)
    made.setKeyboardTracking(False)
    return made


def day_in(edit: QDateEdit) -> date:
    """The day in a field."""
    day = edit.date()
    return date(day.year(), day.month(), day.day())


class TakeUpDialog(QDialog):
    """The list of what is to be discussed, to tick what this meeting talked about.

    Signals:
        taken: Ids of the lines ticked.
    """

    taken = Signal(list)

    def __init__(self, topics: Sequence[Topic], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("From the list to discuss"))
        self.boxes: dict[str, QCheckBox] = {}
        body = QWidget()
        lines = QVBoxLayout(body)
        for topic in topics:
            where = " · ".join(part for part in (topic.label, topic.title) if part)
            box = QCheckBox(where)
            box.setChecked(True)
            box.setAccessibleDescription(topic.note)
            self.boxes[topic.id] = box
            note = sentence_label(topic.note, "muted")
            note.setContentsMargins(theme.scaled(22), 0, 0, theme.scaled(6))
            note.setVisible(bool(topic.note))
            lines.addWidget(box)
            lines.addWidget(note)
        lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr("What is ticked is taken into the meeting. It stays on the list until it is settled.")
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(scroll, 1)
        column.addWidget(buttons(self, self.tr("Take in")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Hand over what is ticked."""
        self.taken.emit([topic_id for topic_id, box in self.boxes.items() if box.isChecked()])
        super().accept()


class DecideDialog(QDialog):
    """Asks how a scale is rated from a day on.

    Args:
        bench: To store it.
        instrument: Whose scales can be chosen.
        meeting_id: The meeting that decides; None for none.
        day: Its day, or today.
        parent: Over which window.
    """

    def __init__(
        self,
        bench: Workbench,
        instrument: Instrument,
        meeting_id: str | None,
        day: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Decision"))
        self._bench, self._instrument, self._meeting_id = bench, instrument, meeting_id
        self.scale, self.dimension, self.since = QComboBox(), QComboBox(), day_edit(day)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(theme.scaled(110))
        self.text.setPlaceholderText(self.tr("We rate … as …"))
        self.remark, self.complaint = sentence_label("", "muted"), sentence_label("", "alarm")
        self.scale.addItem(self.tr("all scales"), None)
        for scale in instrument.scales:
            self.scale.addItem(f"{scale.number}. {scale.title}", scale.key)
        self._lay_out()
        self._offer_dimensions()
        self._remark()
        self.scale.currentIndexChanged.connect(self._offer_dimensions)
        self.since.dateChanged.connect(self._remark)

    def accept(self) -> None:
        """Keep the decision, or say why not."""
        try:
            done = self._bench.project.do(
                meetings.decide,
                self.scale.currentData(),
                self.dimension.currentData(),
                self.text.toPlainText(),
                day_in(self.since),
                self._meeting_id,
            )
        except UserError as error:
            self.complaint.setText(sentence(error))
            self.text.setFocus()
            return
        self._bench.changed.emit(done.changed)
        super().accept()

    def _lay_out(self) -> None:
        form = roomy_form()
        form.addRow(self.tr("Scale"), self.scale)
        form.addRow(self.tr("Dimension"), self.dimension)
        form.addRow(self.tr("Since"), self.since)
        form.addRow(self.tr("Decision"), self.text)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr(
            "Coders read it above the manual's page of the scale. "
            "Do not write names, or whose session it was."
        )
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        column.addWidget(self.remark)
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Decide")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def _offer_dimensions(self) -> None:
        """Those the scale is rated on."""
        kept, key = self.dimension.currentData(), self.scale.currentData()
        has = self._instrument.scale(key).dimensions if key else tuple(self._instrument.dimensions)
        self.dimension.clear()
        self.dimension.addItem(self.tr("all dimensions"), None)
        for each in has:
            self.dimension.addItem(self._instrument.dimensions[each].title, each)
        self.dimension.setCurrentIndex(max(0, self.dimension.findData(kept)))

    def _remark(self) -> None:
        since, today = day_in(self.since), date.today()
        words = self.tr("It holds for ratings begun today or later.")
        if since < today:
            words = self.tr("That day is past: the decision also holds for ratings begun since then.")
        elif since > today:
            words = self.tr("That day is ahead: ratings begun before it stay without the decision.")
        self.remark.setText(words)
