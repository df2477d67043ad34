"""Two ratings of one session beside each other: what a disagreement on a chart rests on."""

from mio_fidelity.coding.compared import Key
from mio_fidelity.coding.two_ratings import their_media, two_ratings
from mio_fidelity.gui.compare_view import CompareView, beside
from mio_fidelity.gui.consensus_side import wave_marks


class PairView(CompareView):
    """As a comparison with master codes, of any two ratings; nothing in it can be changed."""

    def open_pair(self, rating_id: str, other_id: str, session: str, who: str, slot: Key) -> None:
        """Show two ratings, their evidence and the recording.

        Args:
            rating_id: The coder's.
            other_id: What it is held against.
            session: What the session is called.
            who: What the other is called.
            slot: Scale and dimension that get the keyboard.

        Raises:
            UserError: they cannot be shown beside each other.
        """
        found = self._bench.ask(two_ratings, rating_id, other_id)
        now = beside(found, found.person_code, who)
        self._now, self._reasons = now, {scale.scale: scale.rationale for scale in found.scales}
        self.card.begin(now.own, their_media)
        self._make_form(now)
        self.side.manual.decisions.take(found.decided)
        self.side.show_consensus(now)
        self.waveform.show_marks(wave_marks(now))
        self._show_bars(found, now)
        self.header.title.setText(session)
        self.reason.setVisible(any(self._reasons.values()))
        self.amended.setText(self.tr("▲ One of these ratings was amended. They are shown as they stand now."))
        self._form.focus_slot(*slot)
        self._follow()
