"""What an instrument is: domains of scales, and the points each scale is rated on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_KEYBOARD_ORDER = "1234567890"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the ratings a scale gets: fidelity (how much) or competence (how well).

    Attributes:
        points: The 2 to 10 points a coder may give, ascending.
        anchors: Point to a sentence that says what it means on any scale; some points may have none.
        names: Point to a name of a word or two; some points may have none.
    """

    key: str
    title: str
    question: str
    points: tuple[int, ...]
    anchors: Mapping[int, str]
    low_label: str
    high_label: str
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def floor(self) -> int:
        """The lowest point."""
        return self.points[0]

    @property
    def digits(self) -> Mapping[str, int]:
        """Digit key to the point it gives: the point itself if all are digits, else 1 to 9 and 0 by place."""
        if all(0 <= point <= 9 for point in self.points):
            return {str(point): point for point in self.points}
        return dict(zip(_KEYBOARD_ORDER, self.points, strict=False))

    @property
    def zero_is_free(self) -> bool:
        """Whether the key 0 gives no point, so that it can mean "not applicable"."""
        return "0" not in self.digits

    def key_for(self, point: int) -> str:
        """The digit key that gives ``point``; KeyError when it is no point of this dimension."""
        return {given: digit for digit, given in self.digits.items()}[point]

    def point_for_key(self, digit: str) -> int | None:
        """The point the key ``digit`` gives, or None."""
        return self.digits.get(digit)


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
    """One scale of the instrument.

    Attributes:
        number: Its place in the form, from 1.
        dimensions: Keys of the ratings it gets, in the order of the form.
        anchors: Dimension key to point to the scale's own sentence, where it has one.
        page: Its page of the manual, in Markdown.
    """

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
    """A group of scales that is scored together.

    Attributes:
        color: "alliance", "psychoeducation" or "mentalization" for the program's own colours, or "#rrggbb".
    """

    key: str
    title: str
    color: str
    scales: tuple[Scale, ...]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """How the form speaks to counselors who rate their own sessions.

    Attributes:
        banner: In place of the instrument's own; empty to keep that.
        about: What to know before one rates oneself; empty when there is nothing.
        questions: Dimension key to its question, where it has one of its own.
        anchors: Dimension key to point to sentence, where it has its own.
        cues: Scale key to the words below its title, where it has its own.
        pages: Scale key to what the scale asks of oneself; every scale has one.
        scale_anchors: Scale key to dimension key to point to sentence.
    """

    banner: str
    about: str
    questions: Mapping[str, str]
    anchors: Mapping[str, Mapping[int, str]]
    cues: Mapping[str, str]
    pages: Mapping[str, str]
    scale_anchors: Mapping[str, Mapping[str, Mapping[int, str]]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """An edition of an instrument, complete with its manual.

    Attributes:
        banner: A sentence to show wherever the instrument is used; empty when none is needed.
        dimensions: Dimension key to dimension, in the order of the form.
        not_applicable: Dimension key to its rule; every dimension has one.
        missing_share: In (0, 1], see `enough_rated`.
        files: Relative name to exact text: the instrument file and the pages it uses.
        sha256: Of ``files``, whatever their order and line endings.
        general: The manual's page on how to rate, in Markdown; empty when there is none.
        own_words: The wording for self-ratings; None when the instrument has none.
    """

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
    general: str = ""
    own_words: OwnWords | None = None

    @property
    def scales(self) -> tuple[Scale, ...]:
        """All scales in the order of the form."""
        return tuple(scale for domain in self.domains for scale in domain.scales)

    def scale(self, key: str) -> Scale:
        """The scale called ``key``; KeyError when there is none."""
        for domain in self.domains:
            for scale in domain.scales:
                if scale.key == key:
                    return scale
        raise KeyError(key)

    def domain_of(self, scale: str) -> Domain:
        """The domain of the scale called ``scale``; KeyError when there is none."""
        return {member.key: domain for domain in self.domains for member in domain.scales}[scale]

    def slots(self) -> tuple[tuple[str, str], ...]:
        """Every (scale key, dimension key) a rating must answer, in the order of the form."""
        return tuple((scale.key, dimension) for scale in self.scales for dimension in scale.dimensions)

    def anchor(self, scale: str, dimension: str, point: int) -> str:
        """What ``point`` means: the scale's own anchor, else the dimension's, else nothing.

        Raises:
            KeyError: there is no such scale, no such rating on it, or no such point.
        """
        own = self.scale(scale)
        if dimension not in own.dimensions or point not in self.dimensions[dimension].points:
            raise KeyError((scale, dimension, point))
        general = self.dimensions[dimension].anchors
        return own.anchors.get(dimension, {}).get(point) or general.get(point, "")

    def ruled_out(self, dimension: str, scores: Mapping[str, int | None]) -> bool:
        """Whether the other dimensions' ``scores`` on the same scale make ``dimension`` not applicable.

        What depends on a rating that is itself ruled out is ruled out with it.

        Args:
            dimension: Key of the dimension asked about.
            scores: Dimension key to score; None, or no entry, where there is no score.
        """
        rule = self.not_applicable[dimension]
        if rule.when is None:
            return False
        return scores.get(rule.when) in rule.at or self.ruled_out(rule.when, scores)

    def enough_rated(self, rated: int, applicable: int) -> bool:
        """Whether a domain has enough ratings on one dimension for its mean to count as a domain score.

        Args:
            rated: Scales of the domain with a score on the dimension.
            applicable: Scales of the domain that carry the dimension, less those where it is not applicable
                (by rule or by the coder's choice). "Cannot rate" and "not yet rated" stay in, as missing.

        Returns:
            True when at least one scale is rated and ``rated / applicable`` reaches ``missing_share``.
        """
        return rated > 0 and rated / applicable >= self.missing_share - 1e-9

    def for_self(self) -> "Instrument":
        """The same scales and points in the words for self-ratings; itself when it has none."""
        own = self.own_words
        if own is None:
            return self
        dimensions = {
            key: replace(
                each,
                question=own.questions.get(key, each.question),
                anchors=own.anchors.get(key, each.anchors),
            )
            for key, each in self.dimensions.items()
        }
        domains = tuple(
            replace(domain, scales=tuple(_spoken_to(scale, own) for scale in domain.scales))
            for domain in self.domains
        )
        banner = own.banner or self.banner
        return replace(self, banner=banner, dimensions=dimensions, domains=domains, general=own.about)


def _spoken_to(scale: Scale, own: OwnWords) -> Scale:
    # Sentences about "the counselor" do not stand beside those that say "you".
    anchors = own.scale_anchors.get(scale.key, {})
    page = f"# {scale.title}\n\n{own.pages[scale.key]}\n"
    return replace(scale, cue=own.cues.get(scale.key, scale.cue), anchors=anchors, page=page)
