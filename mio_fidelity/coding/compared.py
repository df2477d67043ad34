"""Independent ratings of one session beside the consensus on them: where they differ, what needs a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding.desk import Desk, Mark
from mio_fidelity.errors import Sentence

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """An independent rating, as it stands now."""

    rating_id: str
    blind_code: str
    coder: str
    answers: Mapping[Key, Answer]
    marks: tuple[Mark, ...]
    notes: str


@dataclass(frozen=True)
class SideBySide:
    """Independent ratings of a session and the consensus on them.

    Attributes:
        own: The consensus itself.
        sources: What it rests on, by coder.
        why: (scale, dimension) to the reason written for it.
        took_part: Id and code of everybody who took part, by code.
        remarks: What happened to the sources since it was begun.
    """

    session_id: str
    own: Desk
    sources: tuple[Source, ...]
    why: Mapping[Key, str]
    took_part: Mapping[str, str]
    remarks: tuple[Sentence, ...]

    @cached_property
    def apart(self) -> Mapping[Key, int]:
        """Where the coders differ: by how many points; 0 where one of them gave no point."""
        found = {}
        for slot in self.own.instrument.slots():
            given = [source.answers.get(slot, OPEN) for source in self.sources]
            if len(set(given)) > 1:
                points = [answer.value for answer in given if answer.value is not None]
                found[slot] = max(points) - min(points) if points else 0
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The scales: the largest difference first, at last those on which all agree as in the manual."""

        def place(scale: str) -> tuple[bool, int, int]:
            points = [apart for slot, apart in self.apart.items() if slot[0] == scale]
            return not points, -max(points, default=0), -len(points)

        return tuple(sorted((scale.key for scale in self.own.instrument.scales), key=place))

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """The scales on which the coders differ, in `order`."""
        scales = {scale for scale, _ in self.apart}
        return tuple(scale for scale in self.order if scale in scales)

    @cached_property
    def unexplained(self) -> tuple[Key, ...]:
        """What is decided against a coder's answer and has no reason yet, in `order`."""
        slots = sorted(self.own.instrument.slots(), key=lambda slot: self.order.index(slot[0]))
        return tuple(slot for slot in slots if self.wants_reason(slot) and not self.why.get(slot))

    def wants_reason(self, slot: Key) -> bool:
        """Whether the consensus is not what every coder said; what a rule decides explains itself."""
        answer = self.own.answers.get(slot, OPEN)
        if answer == OPEN or all(source.answers.get(slot, OPEN) == answer for source in self.sources):
            return False
        return not self.ruled_out(slot)

    def ruled_out(self, slot: Key) -> bool:
        """Whether a rule of the instrument makes the consensus not applicable here."""
        scale, dimension = slot
        values = {
            key: self.own.answers.get((scale, key), OPEN).value for key in self.own.instrument.dimensions
        }
        return self.own.instrument.ruled_out(dimension, values)
