"""Consensus on sessions that were coded twice: for supervisors."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mio_fidelity.coding import consensus, people
from mio_fidelity.coding.ready import ReadyRow
from mio_fidelity.errors import UserError
from mio_fidelity.gui.consensus_list import ConsensusList
from mio_fidelity.gui.consensus_view import ConsensusView
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence

SHOWN_TABLES = {"rating", "score", "discussion", *EVERYTHING}


class ConsensusPage(QWidget):
    """The list of sessions, or one of them.

    Signals:
        left: Back to the list of the person's own sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.list = ConsensusList(bench)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        # With a player of its own, made when it is first wanted.
        self._view: ConsensusView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.list.chosen.connect(self._open)
        self.list.looked_for.connect(self.go_to)
        self.list.left.connect(self.left)
        bench.changed.connect(self._refresh)
        bench.refused.connect(self._on_refused)

    @property
    def view(self) -> ConsensusView:
        """The page of one consensus."""
        if self._view is None:
            self._view = ConsensusView(self._bench)
            self._view.left.connect(self.open)
            self.pages.addWidget(self._view)
        return self._view

    def open(self) -> None:
        """Show the list as it is now."""
        self._close()
        self.pages.setCurrentWidget(self.list)
        self.list.foot.say("")
        try:
            self.list.show_list()
        except UserError as error:
            self.list.clear()
            self.list.foot.say(sentence(error), "alarm")
        self.list.table.setFocus()

    def forget(self) -> None:
        """Let go of what is shown: somebody else may be at the screen next."""
        self._close()
        self.pages.setCurrentWidget(self.list)
        self.list.clear()

    def stop_work(self) -> None:
        """Stop the sound for good."""
        self.forget()
        if self._view is not None:
            self._view.listening.close()

    def go_to(self, session_id: str, scale: str) -> None:
        """Open the consensus on a session, at a scale when one is given; a sentence when there is none."""
        row = self.list.row_of(session_id)
        if row is None:
            self.list.foot.say(self.tr("This session has not been submitted by two coders yet."))
        else:
            self._open(row, scale)

    def _close(self) -> None:
        if self._view is not None:
            self._view.close_consensus()

    def _open(self, row: ReadyRow, scale: str = "") -> None:
        rating_id = row.rating_id or self._begin(row)
        if rating_id is None:
            return
        try:
            self.pages.setCurrentWidget(self.view)
            self.view.open(rating_id, scale or None)
        except UserError as error:
            self.open()
            self.list.foot.say(sentence(error), "alarm")

    def _begin(self, row: ReadyRow) -> str | None:
        """With the coders and whoever begins it; who took part can be changed until it is submitted."""
        me = self._bench.project.person_id
        took_part = [
            member.id
            for member in self._bench.ask(people.roster)
            if member.id == me or member.code in row.coders
        ]
        done = self._bench.do(consensus.begin, row.session_id, took_part)
        return done.value if done is not None else None

    def _refresh(self, changed: frozenset[str]) -> None:
        if self.list.isVisible() and changed & SHOWN_TABLES:
            self.list.show_list()

    def _on_refused(self, error: UserError) -> None:
        if self.list.isVisible():
            self.list.foot.say(sentence(error), "alarm")
