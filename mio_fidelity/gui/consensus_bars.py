"""What the bars above and below a consensus say of it."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from mio_fidelity.coding.compared import SideBySide
from mio_fidelity.coding.people import Member
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.command_table import CONSENSUS_COMMANDS
from mio_fidelity.gui.commands import keys_of
from mio_fidelity.gui.consensus_rows import LETTERS, SHAPES
from mio_fidelity.gui.times import format_ms
from mio_fidelity.settings import Settings


class ConsensusHeader(HeaderBar):
    """Whose ratings, under which codes; who takes part. Coders may look at it too, so no session is named.

    Signals:
        participants_chosen: The ids of those who take part.
    """

    participants_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.title.setText(self.tr("Consensus"))
        self.back = QPushButton(self.tr("‹ All sessions"))
        self.took_part = QToolButton()
        self.took_part.setMenu(QMenu(self.took_part))
        self.took_part.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.took_part.setToolTip(self.tr("Who took part in the consensus"))
        self.add_left(self.back)
        self.add_right(self.took_part)

    def show_consensus(self, now: SideBySide, members: Sequence[Member]) -> None:
        """Show what is good to know of ``now``; ``members`` may take part."""
        codes = tuple(
            (f"{shape} {letter} · {source.coder} · {source.blind_code}", "pill")
            for shape, letter, source in zip(SHAPES, LETTERS, now.sources, strict=False)
        )
        length = format_ms(now.own.duration_ms) if now.own.duration_ms else self.tr("no recording")
        self.show_pills((*codes, (length, "pill"), (now.own.instrument.banner, "pill-warn")), ())
        words = self.tr("Took part: {codes}").format(codes=", ".join(now.took_part.values()))
        self.took_part.setText(words)
        self.took_part.setEnabled(now.own.submitted_at is None)
        self._offer(now, members)

    def _offer(self, now: SideBySide, members: Sequence[Member]) -> None:
        menu = self.took_part.menu()
        menu.clear()
        known = {member.id: member.code for member in members} | dict(now.took_part)
        for person_id, code in sorted(known.items(), key=lambda item: item[1]):
            action = menu.addAction(code)
            action.setCheckable(True)
            action.setChecked(person_id in now.took_part)
            action.toggled.connect(
                lambda on, person_id=person_id: self.participants_chosen.emit(
                    [each for each in now.took_part if each != person_id] + [person_id] * on
                )
            )


class ConsensusFoot(FootBar):
    """What is stored, what waits, and the keys most used."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.differing = label("", "muted")
        self.waiting = label("", "muted")
        self.add_fact(self.differing)
        self.add_fact(self.waiting)

    def show_consensus(self, now: SideBySide, saved_at: datetime | None) -> None:
        """Show how far ``now`` is."""
        slots = len(now.own.instrument.slots())
        self.differing.setText(self.tr("{n} of {all} differ").format(n=len(now.apart), all=slots))
        waits = []
        if now.own.open_slots:
            waits.append(self.tr("{n} to decide").format(n=len(now.own.open_slots)))
        if now.unexplained:
            waits.append(self.tr("reasons missing: {n}").format(n=len(now.unexplained)))
        self.waiting.setText(" · ".join(waits) or self.tr("all decided"))
        self.primary.setVisible(now.own.submitted_at is None)
        self.primary.setText(self.tr("Submit…"))
        if now.own.submitted_at is not None:
            local = QDateTime.fromMSecsSinceEpoch(round(now.own.submitted_at.timestamp() * 1000))
            moment = QLocale().toString(local, QLocale.FormatType.ShortFormat)
            self.saved.setText(self.tr("✔ submitted {moment}").format(moment=moment))
        else:
            self.saved.setText(
                self.tr("✔ saved {time}").format(time=f"{saved_at:%H:%M:%S}") if saved_at else ""
            )
        self.fit()

    def show_keys(self) -> None:
        """Show the keys most used, as they are set now."""
        keys = {command.key: keys_of(command, self._settings) for command in CONSENSUS_COMMANDS}
        self.show_hints(
            (
                ((self.tr("digits"),), self.tr("decide")),
                (keys["why"][:1], self.tr("why")),
                (keys["undecided"][:1], self.tr("next that waits")),
                (keys["agreed"][:1], self.tr("agreed")),
                (keys["discuss"][:1], self.tr("discuss")),
                (keys["play"][:1], self.tr("play")),
                (keys["keys"][:1], self.tr("all keys")),
            )
        )
