"""The rating instrument: scales, points, anchors and rules, read from files and never written in code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the ratings a scale gets: fidelity (how much) or competence (how well)."""

    key: str
    title: str
    question: str
    points: tuple[int, ...]
    anchors: Mapping[int, str]
    low_label: str
    high_label: str

    @property
    def floor(self) -> int:
        """The lowest point."""
        return self.points[0]


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """When a dimension is not applicable.

    Attributes:
        when: The dimension whose score decides, or None when no rule decides.
        at: The scores of ``when`` that make this dimension not applicable.
        coder_may_choose: Whether a coder may say "not applicable" on her own judgement.
    """

    when: str | None = None
    at: tuple[int, ...] = ()
    coder_may_choose: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of the instrument."""

    key: str
    number: int
    title: str
    cue: str
    domain: str
    dimensions: tuple[str, ...]
    anchors: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """A group of scales that is scored together."""

    key: str
    title: str
    color: str
    scales: tuple[Scale, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """An edition of an instrument, complete with its manual."""

    key: str
    title: str
    edition: str
    banner: str
    domains: tuple[Domain, ...]
    dimensions: Mapping[str, Dimension]
    not_applicable: Mapping[str, NotApplicable]
    missing_share: float
    files: Mapping[str, str]
    sha256: str

    @property
    def scales(self) -> tuple[Scale, ...]:
        """All scales in the order of the form."""
        return tuple(scale for domain in self.domains for scale in domain.scales)

    def scale(self, key: str) -> Scale:
        """The scale called ``key``; KeyError when there is none."""
        raise NotImplementedError

    def slots(self) -> tuple[tuple[str, str], ...]:
        """Every (scale key, dimension key) a rating must answer, in the order of the form."""
        return tuple((scale.key, dimension) for scale in self.scales for dimension in scale.dimensions)

    def anchor(self, scale: str, dimension: str, point: int) -> str:
        """What ``point`` means: the scale's own anchor, else the dimension's."""
        raise NotImplementedError

    def ruled_out(self, dimension: str, scores: Mapping[str, int | None]) -> bool:
        """Whether the other dimensions' ``scores`` on the same scale make ``dimension`` not applicable."""
        raise NotImplementedError


def read_instrument(path: Path) -> Instrument:
    """Read ``path`` (a TOML file) and the manual pages beside it.

    Raises:
        UserError: names the file, the line and the remedy.
    """
    raise NotImplementedError


def parse_instrument(files: Mapping[str, str]) -> Instrument:
    """The instrument in ``files`` (name to text), as `Instrument.files` gave them."""
    raise NotImplementedError
