"""What a rating is shown with, and where it lies on the page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTabWidget, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import shown
from mio_fidelity.gui.coding_bars import CodingFoot, CodingHeader
from mio_fidelity.gui.commands import key_of
from mio_fidelity.gui.evidence_list import EvidenceList
from mio_fidelity.gui.exemplar_strip import ExemplarStrip
from mio_fidelity.gui.manual_view import ManualView
from mio_fidelity.gui.playback.player import PlayerState
from mio_fidelity.gui.rating_view import AnsweringView
from mio_fidelity.gui.scale_form import ScaleForm
from mio_fidelity.gui.session_notes import SessionNotes
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.instrument import Instrument

LEAST_TABS_PX = 64


class CodingWidgets(AnsweringView[ScaleForm]):
    """The recording over evidence, manual and notes; the form beside them."""

    header: CodingHeader
    foot: CodingFoot

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.header = CodingHeader()
        self.compare_button = QPushButton(self.tr("Compare with the master codes"))
        self.foot = CodingFoot(bench.settings)
        self.evidence = EvidenceList()
        self.manual = ManualView()
        self.examples = ExemplarStrip(bench, shown(key_of("example", bench.settings)))
        self.manual.put_under(self.examples)
        self.notes_tab = SessionNotes()
        self.notes = self.notes_tab.text
        self.tabs = _Tabs()
        self._form_of = ""
        self._lay_out()
        self.examples.started.connect(self.listening.player.pause)
        self.listening.player.state_changed.connect(self._hush)

    def form_for(self, instrument: Instrument) -> ScaleForm | None:
        """A form of ``instrument`` in place of the one there is; None when that one fits."""
        if self._form_of == instrument.sha256:
            return None
        self._form_of = instrument.sha256
        self.manual.set_general(self.tr("How to rate"), instrument.general)
        self._take_form(ScaleForm(instrument))
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
        self._put_together(self.tabs)

    def _hush(self, state: PlayerState) -> None:
        """One voice at a time."""
        if state is PlayerState.PLAYING:
            self.examples.clips.stop()


class _Tabs(QTabWidget):
    def hasHeightForWidth(self) -> bool:
        """No: the height their words would like is not taken from the buttons above."""
        return False
