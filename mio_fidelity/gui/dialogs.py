"""The few dialogs of the coding page. None of them stops the sound."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.answer import OPEN, Answer, Reason, State, cannot_rate, rated
from mio_fidelity.coding.desk import Desk
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import point_words, reason_words
from mio_fidelity.gui.bars import label, tab_through
from mio_fidelity.gui.times import format_ms, parse_time
from mio_fidelity.gui.workbench import sentence
from mio_fidelity.instrument import Instrument

_OK = QDialogButtonBox.StandardButton.Ok
_CANCEL = QDialogButtonBox.StandardButton.Cancel


def sentence_label(text: str = "", role: str = "") -> QLabel:
    """A label that wraps."""
    made = label(text, role)
    made.setWordWrap(True)
    return made


def buttons(dialog: QDialog, accept: str) -> QDialogButtonBox:
    """Accept, in the given words, and cancel."""
    box = QDialogButtonBox(_OK | _CANCEL)
    box.button(_OK).setText(accept)
    box.button(_CANCEL).setText(QCoreApplication.translate("Dialogs", "Cancel"))
    theme.set_role(box.button(_OK), "primary")
    for button in box.buttons():
        # Some systems put pictures on them.
        button.setIcon(QIcon())
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def may_lose_words(parent: QWidget) -> bool:
    """Ask whether words that the study did not take may be lost; the answer that loses nothing is nearest."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(QCoreApplication.translate("Dialogs", "Not stored"))
    box.setText(
        QCoreApplication.translate(
            "Dialogs", "What you typed last could not be stored. Stay and try again, or leave and lose it."
        )
    )
    stay = box.addButton(QCoreApplication.translate("Dialogs", "Stay"), QMessageBox.ButtonRole.RejectRole)
    lose = box.addButton(QCoreApplication.translate("Dialogs", "Lose it"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is lose


class GoToDialog(QDialog):
    """Asks for a time of the recording."""

    chosen = Signal(int)

    def __init__(self, duration_ms: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Go to"))
        self._duration_ms = duration_ms
        self.time = QLineEdit()
        self.time.setPlaceholderText(self.tr("for example 23:41"))
        self.time.setAccessibleName(self.tr("Time in the recording"))
        self._help = sentence_label(
            self.tr("Minutes and seconds, up to {end}.").format(end=format_ms(duration_ms)), "muted"
        )
        column = QVBoxLayout(self)
        column.addWidget(self.time)
        column.addWidget(self._help)
        column.addWidget(buttons(self, self.tr("Go")))

    def accept(self) -> None:
        """Go there, when it is a time of this recording."""
        at_ms = parse_time(self.time.text())
        if at_ms is None or at_ms > self._duration_ms:
            self._help.setText(
                self.tr("That is no time in this recording. Type minutes and seconds, up to {end}.").format(
                    end=format_ms(self._duration_ms)
                )
            )
            theme.set_role(self._help, "warn")
            self.time.selectAll()
            return
        self.chosen.emit(at_ms)
        super().accept()


class SubmitDialog(QDialog):
    """Asks once before a rating is locked, and says when little was heard."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Submit"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(label(self.tr("Submit {code}?").format(code=desk.blind_code), "title"))
        column.addWidget(
            sentence_label(
                self.tr(
                    "All ratings are given. Once submitted they are locked; amending then needs a reason."
                )
            )
        )
        heard, asked = int(desk.heard_share * 100), round(desk.coverage_share * 100)
        if desk.heard_share < desk.coverage_share:
            text = self.tr(
                "Only {heard}\u00a0% of the recording was heard; this study asks for {asked}\u00a0%."
            )
            column.addWidget(sentence_label(text.format(heard=heard, asked=asked), "warn"))
            accept = self.tr("Submit all the same")
        else:
            column.addWidget(
                label(self.tr("{heard} % of the recording was heard.").format(heard=heard), "muted")
            )
            accept = self.tr("Submit")
        column.addWidget(buttons(self, accept))
        self.setMinimumWidth(theme.scaled(420))


class AmendDialog(QDialog):
    """Changes one scale of a submitted rating, with a reason."""

    amended = Signal(str, object, str)

    def __init__(self, desk: Desk, scale: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Amend"))
        self._instrument = desk.instrument
        self._answers = desk.answers
        self.scale = QComboBox()
        for each in desk.instrument.scales:
            self.scale.addItem(f"{each.number}. {each.title}", each.key)
        self.answers: dict[str, QComboBox] = {}
        self.why = QPlainTextEdit()
        self.why.setTabChangesFocus(True)
        self.why.setAccessibleName(self.tr("Reason"))
        self.why.setFixedHeight(theme.scaled(80))
        self._complaint = sentence_label("", "warn")
        self._fields = QFormLayout()
        self._lay_out()
        self.scale.currentIndexChanged.connect(self._show_scale)
        self.scale.setCurrentIndex(self.scale.findData(scale))
        self._show_scale()

    def accept(self) -> None:
        """Hand over what changed, when there is a reason; it closes once that is stored."""
        if not self.why.toPlainText().strip():
            self._complaint.setText(self.tr("Say why; the reason is kept beside the old score."))
            self.why.setFocus()
            return
        scale = self.scale.currentData()
        new = {key: Answer.decode(box.currentData()) for key, box in self.answers.items()}
        changed = {key: answer for key, answer in new.items() if answer != self._stored(scale, key)}
        if not changed:
            self._complaint.setText(self.tr("Nothing is different from what is stored."))
            return
        self.amended.emit(scale, changed, self.why.toPlainText().strip())

    def complain(self, error: UserError) -> None:
        """Say why it was refused; what was typed stays."""
        self._complaint.setText(sentence(error))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(
            sentence_label(
                self.tr("The old score stays on record, with who changed it, when and why."), "muted"
            )
        )
        self._fields.addRow(self.tr("Scale"), self.scale)
        column.addLayout(self._fields)
        column.addWidget(label(self.tr("Why is it amended? Do not write names or places.")))
        column.addWidget(self.why)
        column.addWidget(self._complaint)
        column.addWidget(buttons(self, self.tr("Amend")))
        self.setMinimumWidth(theme.scaled(460))

    def _show_scale(self) -> None:
        while self._fields.rowCount() > 1:
            self._fields.removeRow(1)
        self.answers = {}
        scale = self._instrument.scale(self.scale.currentData())
        for key in scale.dimensions:
            box = QComboBox()
            for answer, words in _choices(self._instrument, key, self._stored(scale.key, key)):
                box.addItem(words, answer.encode())
            box.setCurrentIndex(box.findData(self._stored(scale.key, key).encode()))
            self.answers[key] = box
            self._fields.addRow(self._instrument.dimensions[key].title, box)
        tab_through((self.scale, *self.answers.values()))

    def _stored(self, scale: str, dimension: str) -> Answer:
        stored: Mapping[tuple[str, str], Answer] = self._answers
        return stored.get((scale, dimension), OPEN)


def _choices(instrument: Instrument, key: str, stored: Answer) -> list[tuple[Answer, str]]:
    dimension = instrument.dimensions[key]
    found = [
        (rated(point), f"{point_words(dimension, point)}  {dimension.names.get(point, '')}".strip())
        for point in dimension.points
    ]
    if instrument.not_applicable[key].coder_may_choose or stored.state is State.NOT_APPLICABLE:
        found.append((Answer(State.NOT_APPLICABLE), QCoreApplication.translate("Dialogs", "not applicable")))
    cannot = QCoreApplication.translate("Dialogs", "cannot rate: {reason}")
    found.extend((cannot_rate(reason), cannot.format(reason=reason_words(reason))) for reason in Reason)
    return found
