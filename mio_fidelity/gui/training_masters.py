"""The sessions with master codes, and what a supervisor does with them."""

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mio_fidelity.coding import masters, people, rate
from mio_fidelity.coding.listing import Column, Kind, Listing
from mio_fidelity.coding.masters import MasterRow
from mio_fidelity.errors import Sentence
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.bars import push_button
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.rationale_dialog import RationaleDialog
from mio_fidelity.gui.workbench import Workbench

_COLUMNS = (
    Column("session", Sentence("Session")),
    Column("state", Sentence("Master codes"), Kind.STATE),
    Column("by", Sentence("Codes by")),
    Column("day", Sentence("Submitted"), Kind.DAY),
    Column(
        "lacking",
        Sentence("Reasons missing"),
        Kind.NUMBER,
        Sentence("Scales for which nobody has written why the master codes are what they are."),
    ),
    Column("open", Sentence("Answers open"), Kind.NUMBER),
    Column(
        "versions",
        Sentence("Versions"),
        Kind.NUMBER,
        Sentence("Master codes that are revised stay on record; the newest count."),
    ),
    Column("training", Sentence("Trainees may hear it")),
)


class TrainingMasters(QWidget):
    """The table, and buttons under it.

    Signals:
        ready: What `primary` says may be another.
        rating_asked: The id of an own rating to open on the coding page.
    """

    ready = Signal()
    rating_asked = Signal(str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._rows: dict[str, MasterRow] = {}
        self._me = ""
        self.view = ListingView()
        self.view.table.setAccessibleName(self.tr("Master sessions"))
        self.from_consensus = push_button(self.tr("From a consensus…"), self._ask_consensus)
        self.open = push_button(self.tr("Open the form"), self._open)
        self.reasons = push_button(self.tr("Reasons…"), self._show_reasons)
        self.submit = push_button(self.tr("Submit…"), self._ask_submit)
        self.revise = push_button(self.tr("Revise…"), self._ask_revise)
        self.allow = push_button(self.tr("Trainees may hear it"), lambda: self._allow(True))
        self.keep = push_button(self.tr("Not for trainees"), lambda: self._allow(False))
        row = QHBoxLayout()
        row.setSpacing(theme.scaled(8))
        for button in (self.from_consensus, self.open, self.reasons, self.submit, self.revise):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.allow)
        row.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(8))
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.view.chosen.connect(self._enable)
        self.view.opened.connect(lambda _: self._show_reasons())

    def show_study(self) -> None:
        """Show what is stored."""
        self._me = self._bench.project.person_id or ""
        rows = (*self._bench.ask(masters.drafts), *self._bench.ask(masters.masters))
        self._rows = {row.rating_id: row for row in rows}
        yes, no = self.tr("✓ yes"), self.tr("no")
        self.view.show_listing(
            Listing(
                "masters",
                Sentence("Master sessions"),
                _COLUMNS,
                [row.rating_id for row in rows],
                [
                    (
                        row.label,
                        "submitted" if row.submitted_at else "begun",
                        row.by,
                        _day(row.submitted_at),
                        row.without_rationale,
                        row.unscored,
                        row.versions,
                        yes if row.for_training else no,
                    )
                    for row in rows
                ],
            )
        )
        self._enable()

    def forget(self) -> None:
        """Show nothing."""
        self._rows = {}
        self.view.show_listing(None)

    def focus(self) -> None:
        """Give the table the keyboard."""
        self.view.table.setFocus()

    def primary(self) -> tuple[str, bool, str]:
        """What the main button says, whether it can be pressed, and how much there is."""
        ready = sum(row.submitted_at is not None and row.for_training for row in self._rows.values())
        words = self.tr("1 session for training") if ready == 1 else self.tr("{n} sessions for training")
        words = words.format(n=ready)
        if not self._rows:
            words = self.tr("No session has master codes yet. Write them, or take those of a consensus.")
        return self.tr("Write master codes…"), True, words

    def press(self) -> None:
        """Begin master codes for a session that has none."""
        found = self._bench.ask(masters.promotable)
        self._ask_session(
            self.tr("Write master codes"),
            self.tr("You rate the session yourself, with evidence, and write the reason for each scale."),
            self.tr("Begin"),
            [(each.label, each.session_id) for each in found],
            lambda session_id: self._begin(masters.begin_master, str(session_id)),
        )

    def listing(self) -> Listing | None:
        """What is shown."""
        return self.view.model.shown()

    def _chosen(self) -> list[MasterRow]:
        return [self._rows[each] for each in self.view.chosen_ids() if each in self._rows]

    def _enable(self) -> None:
        chosen = self._chosen()
        one = chosen[0] if len(chosen) == 1 else None
        mine = one is not None and one.by == self._my_code()
        draft = one is not None and one.submitted_at is None
        self.open.setEnabled(mine)
        self.reasons.setEnabled(one is not None)
        self.submit.setEnabled(one is not None and mine and draft and not one.unscored)
        self.revise.setEnabled(one is not None and not draft)
        self.allow.setEnabled(any(not row.for_training for row in chosen))
        self.keep.setEnabled(any(row.for_training for row in chosen))
        self.ready.emit()

    def _my_code(self) -> str:
        return next((each.code for each in self._bench.ask(people.roster) if each.id == self._me), "")

    def _open(self) -> None:
        self.rating_asked.emit(self._chosen()[0].rating_id)

    def _show_reasons(self) -> None:
        chosen = self._chosen()
        if chosen:
            dialog = RationaleDialog(self._bench, chosen[0].rating_id, self)
            dialog.open()

    def _ask_consensus(self) -> None:
        found = [each for each in self._bench.ask(masters.promotable) if each.consensus_id]
        self._ask_session(
            self.tr("From a consensus"),
            self.tr("The consensus becomes the master codes, with its reasons and the coders' evidence."),
            self.tr("Take it"),
            [(each.label, each.consensus_id) for each in found],
            lambda consensus_id: self._bench.do(masters.promote_consensus, str(consensus_id)),
        )

    def _ask_session(
        self,
        title: str,
        words: str,
        does: str,
        choices: list[tuple[str, object]] | list[tuple[str, str]] | list[tuple[str, str | None]],
        then: Callable[[object], object],
    ) -> None:
        if not choices:
            ask(self, title, self.tr("There is no session to choose."), self.tr("Well"))
            return
        ask(self, title, words, does, list(choices)).answered.connect(then)

    def _begin(self, verb: Callable[..., str], key: str) -> None:
        done = self._bench.do(verb, key)
        if done is not None:
            self.rating_asked.emit(done.value)

    def _ask_revise(self) -> None:
        row = self._chosen()[0]
        words = self.tr(
            "A copy of the master codes of {session} is opened for you to change. Once you submit it, it"
            " counts in their place; what trainees were compared with before stays on record."
        ).format(session=row.label)
        dialog = ask(self, self.tr("Revise"), words, self.tr("Revise"))
        dialog.answered.connect(lambda _: self._begin(masters.revise, row.rating_id))

    def _ask_submit(self) -> None:
        row = self._chosen()[0]
        words = self.tr("Submit the master codes of {session}? They and their reasons are then final.")
        words = words.format(session=row.label)
        if row.without_rationale:
            lacking = self.tr("Scales without a reason: {n}. Trainees learn most from the reasons.")
            words = f"{words}\n\n{lacking.format(n=row.without_rationale)}"
        dialog = ask(self, self.tr("Submit"), words, self.tr("Submit"))
        dialog.answered.connect(lambda _: self._bench.do(rate.submit, row.rating_id, little_heard=True))

    def _allow(self, allowed: bool) -> None:
        sessions = [row.session_id for row in self._chosen()]
        self._bench.do(masters.set_for_training, sessions, allowed)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone().date() if moment else None
