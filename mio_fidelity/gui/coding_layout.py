"""What a rating is shown with, and where it lies on the page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.coding_bars import CodingFoot, CodingHeader
from mio_fidelity.gui.commands import key_of
from mio_fidelity.gui.evidence_list import EvidenceList
from mio_fidelity.gui.exemplar_strip import ExemplarStrip
from mio_fidelity.gui.listening_card import ListeningCard
from mio_fidelity.gui.manual_view import ManualView
from mio_fidelity.gui.playback.player import PlayerState
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.session_notes import SessionNotes
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.instrument import Instrument

LEAST_TABS_PX = 64


class CodingWidgets(QWidget):
    """The recording over evidence, manual and notes; the form beside them."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = CodingHeader()
        self.compare_button = QPushButton(self.tr("Compare with the master codes"))
        self.foot = CodingFoot(bench.settings)
        self.card = ListeningCard(bench)
        self.listening = self.card.listening
        self.waveform = self.card.waveform
        self.form: ScaleForm | None = None
        self.evidence = EvidenceList()
        self.manual = ManualView()
        self.examples = ExemplarStrip(bench, shown(key_of("example", bench.settings)))
        self.manual.put_under(self.examples)
        self.notes_tab = SessionNotes()
        self.notes = self.notes_tab.text
        self.tabs = _Tabs()
        # Keys of the form live on its box, which stays when another instrument needs another form.
        self.form_box = QWidget()
        self._form_of = ""
        self._lay_out()
        self.examples.started.connect(self.listening.player.pause)
        self.listening.player.state_changed.connect(self._hush)

    def form_for(self, instrument: Instrument) -> ScaleForm | None:
        """A form of ``instrument`` in place of the one there is; None when that one fits."""
        if self._form_of == instrument.sha256:
            return None
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self._form_of = instrument.sha256
        self.manual.set_general(self.tr("How to rate"), instrument.general)
        self.form = ScaleForm(instrument)
        right = self.form_box.layout()
        if right is not None:
            right.addWidget(self.form)
        return self.form

    def name_tab(self, at: int, text: str) -> None:
        """Only when it is new: Qt lays the whole page out again for it."""
        if self.tabs.tabText(at) != text:
            self.tabs.setTabText(at, text)

    def _lay_out(self) -> None:
        self.header.add_right(self.compare_button)
        self.compare_button.hide()
        self.tabs.addTab(self.evidence, self.tr("Evidence"))
        self.tabs.addTab(self.manual, self.tr("Coding manual"))
        self.tabs.addTab(self.notes_tab, self.tr("Session notes"))
        theme.set_role(self.tabs, "panel")
        # With very large letters the buttons above need the room more.
        self.tabs.setMinimumHeight(theme.scaled(LEAST_TABS_PX))
        self.tabs.setAccessibleName(self.tr("Evidence, manual and notes"))
        self.tabs.tabBar().setAccessibleName(self.tr("Evidence, manual and notes"))
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        left = QVBoxLayout()
        left.setSpacing(theme.scaled(10))
        left.addWidget(self.card)
        left.addWidget(self.tabs, 1)
        main = QHBoxLayout()
        main.setContentsMargins(theme.scaled(14), theme.scaled(10), theme.scaled(14), theme.scaled(6))
        main.setSpacing(theme.scaled(12))
        main.addLayout(left, 5)
        QVBoxLayout(self.form_box).setContentsMargins(0, 0, 0, 0)
        main.addWidget(self.form_box, 6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addLayout(main, 1)
        whole.addWidget(self.foot)

    def _hush(self, state: PlayerState) -> None:
        """One voice at a time."""
        if state is PlayerState.PLAYING:
            self.examples.clips.stop()


class _Tabs(QTabWidget):
    def hasHeightForWidth(self) -> bool:
        """No: the height their words would like is not taken from the buttons above."""
        return False
