"""What a rating is shown with, and where it lies on the page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
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
# With less room than this under the recording, its picture becomes one of the tabs.
ROOMY_TABS_PX = 150


class CodingWidgets(AnsweringView[ScaleForm]):
    """The recording over evidence, manual and notes, or among them; the form beside them."""

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

    @property
    def is_cramped(self) -> bool:
        """Whether the picture of the recording is one of the tabs."""
        return self.tabs.indexOf(self.card.view) >= 0

    def show_first(self) -> None:
        """Show the first tab: the recording where it is one, else the evidence."""
        self.tabs.setCurrentIndex(0)

    def name_tabs(self, marks: int, scale: int) -> None:
        """Say how many marks there are and which scale the manual shows."""
        names: dict[QWidget, str] = {
            self.card.view: self.tr("Sound"),
            self.evidence: self.tr("Evidence {n}").format(n=marks),
            self.manual: self.tr("Coding manual · scale {n}").format(n=scale),
            self.notes_tab: self.tr("Session notes"),
        }
        if self.is_cramped:
            names |= {self.manual: self.tr("Manual"), self.notes_tab: self.tr("Notes")}
        for page, name in names.items():
            at = self.tabs.indexOf(page)
            # Only when it is new: Qt lays the whole page out again for it.
            if at >= 0 and self.tabs.tabText(at) != name:
                self.tabs.setTabText(at, name)

    def _share_room(self) -> None:
        """Put the picture of the recording where there is room for it."""
        room = self.tabs.geometry().bottom() - self.card.geometry().top()
        cramped = room < self.card.full_height() + theme.scaled(10 + ROOMY_TABS_PX)
        if cramped == self.is_cramped:
            return
        if cramped:
            self.tabs.insertTab(0, self.card.lend_view(), "")
            self.show_first()
        else:
            self.tabs.removeTab(0)
            self.card.take_view()
        self._show_page()

    def _show_page(self) -> None:
        raise NotImplementedError

    def _lay_out(self) -> None:
        self.header.add_right(self.compare_button)
        self.compare_button.hide()
        for page in (self.evidence, self.manual, self.notes_tab):
            self.tabs.addTab(page, "")
        self.name_tabs(0, 1)
        self.tabs.resized.connect(self._share_room)
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
    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is more room or less."""
        super().resizeEvent(event)
        self.resized.emit()

    def hasHeightForWidth(self) -> bool:
        """No: the height their words would like is not taken from the buttons above."""
        return False
