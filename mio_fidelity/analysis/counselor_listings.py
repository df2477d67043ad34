"""The tables about counselors: shown, sorted and exported alike."""

import math

from mio_fidelity.analysis.counselor_results import CounselorReport, Figure, OwnRow, Share, Slot
from mio_fidelity.coding.counselor_criterion import Band
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.errors import Sentence
from mio_fidelity.reliability.estimate import REASONS, Estimate


def counselors_listing(report: CounselorReport) -> Listing:
    """A row for each counselor: sessions, means of every domain score, the criterion."""
    rows: list[tuple[Value, ...]] = [
        (
            each.code,
            ", ".join(each.sites) or None,
            ", ".join(each.arms) or None,
            len(each.clients),
            len(each.sessions),
            *(_two(each.moments[slot].mean) for slot in report.slots),
            *_share(each.share),
            each.own_sessions or None,
            *(each.moments[slot].n for slot in report.slots),
        )
        for each in report.counselors
    ]
    columns = (
        Column("counselor", Sentence("Counselor")),
        Column("site", Sentence("Sites")),
        Column("arm", Sentence("Arms")),
        Column("clients", Sentence("Clients"), Kind.NUMBER, Sentence("Clients with coded sessions.")),
        Column("sessions", Sentence("Sessions"), Kind.NUMBER, Sentence("Coded sessions.")),
        *_means(report),
        Column("met", Sentence("Meet the criterion"), Kind.NUMBER, Sentence("Sessions, of those judged.")),
        Column("judged", Sentence("Judged"), Kind.NUMBER, Sentence("Sessions with all scores it asks for.")),
        Column("share", Sentence("Share"), Kind.SHARE),
        Column("share_low", Sentence("Share from"), Kind.SHARE, _WILSON),
        Column("share_high", Sentence("Share to"), Kind.SHARE, _WILSON),
        Column(
            "cannot", Sentence("Cannot be told"), Kind.NUMBER, Sentence("A score it asks for is lacking.")
        ),
        Column("own", Sentence("Self-ratings"), Kind.NUMBER, Sentence("Submitted by the counselor.")),
        *_numbers(report),
    )
    ids = [each.code for each in report.counselors]
    return Listing("counselor_fidelity", Sentence("Counselor fidelity"), columns, ids, rows)


def sessions_listing(report: CounselorReport, code: str) -> Listing:
    """A row for each coded session of a counselor."""
    line = report.line(code)
    words = {True: Sentence("yes"), False: Sentence("no"), None: None}
    rows: list[tuple[Value, ...]] = [
        (
            each.client,
            each.row.number,
            *(_two(each.scores[slot]) for slot in report.slots),
            words[each.meets],
            each.coders,
            _SOURCES[each.source],
            each.row.arm or None,
            each.row.site or None,
        )
        for each in line.sessions
    ]
    columns = (
        Column("client", Sentence("Client")),
        Column("number", Sentence("Session"), Kind.NUMBER, Sentence("Which session of the treatment it is.")),
        *_means(report, Sentence("Mean of the domain's rated scales, by the rule of the instrument.")),
        Column("meets", Sentence("Meets the criterion")),
        Column("coders", Sentence("Coders"), Kind.NUMBER, Sentence("Independent ratings submitted.")),
        Column("source", Sentence("Scores from")),
        Column("arm", Sentence("Arm")),
        Column("site", Sentence("Site")),
    )
    ids = [each.row.label for each in line.sessions]
    return Listing("counselor_sessions", Sentence("Sessions of a counselor"), columns, ids, rows)


def arms_listing(report: CounselorReport) -> Listing:
    """A row for each domain and dimension: every arm, and the difference of the two compared."""
    columns = [Column("domain", Sentence("Domain")), Column("dimension", Sentence("Dimension"))]
    counts: list[Column] = []
    over = Sentence("Over sessions.")
    for arm in report.arms:
        columns += [
            Column(f"{arm}_mean", Sentence("{arm}: M", arm=arm), Kind.NUMBER, over),
            Column(f"{arm}_sd", Sentence("{arm}: SD", arm=arm), Kind.NUMBER, over),
        ]
        counts += [
            Column(f"{arm}_sessions", Sentence("{arm}: sessions", arm=arm), Kind.NUMBER),
            Column(f"{arm}_counselors", Sentence("{arm}: counselors", arm=arm), Kind.NUMBER),
        ]
    first, second = report.compared or ("", "")
    title = Sentence("{first} − {second}", first=first, second=second) if first else Sentence("Difference")
    about = Sentence("Difference of the means of the counselor means, each counselor counting once.")
    columns += [Column("difference", title, Kind.NUMBER, about), *_limits(), *counts, _WHY]
    rows: list[tuple[Value, ...]] = []
    for row in report.arm_rows:
        levels = [row.by_arm[arm] for arm in report.arms]
        means = [_two(each) for level in levels for each in (level.moments.mean, level.moments.sd)]
        numbers = [n for level in levels for n in (level.moments.n, len(level.counselors))]
        *figure, why = _figure(row.difference)
        rows.append((*_named(report, (row.domain, row.dimension)), *means, *figure, *numbers, why))
    ids = [f"{row.domain}/{row.dimension}" for row in report.arm_rows]
    return Listing("counselor_arms", Sentence("Arms compared"), tuple(columns), ids, rows)


def own_listing(report: CounselorReport, code: str = "") -> Listing:
    """Self-ratings against coders, of one counselor or of all."""
    found = report.line(code).own if code else report.own
    ids = [f"{row.domain}/{row.dimension}" for row in found]
    rows = [_own(report, row) for row in found]
    return Listing("self_ratings", Sentence("Self-ratings against coders"), _OWN, ids, rows)


def band_words(report: CounselorReport, band: Band) -> Sentence:
    """One line of the study's criterion: "MIO: Psychoeducation, Fidelity at most 3"."""
    score = score_title(report, (band.domain, band.dimension))
    arm = band.arm or Sentence("any arm")
    least, most = (None if limit is None else f"{limit:g}" for limit in (band.least, band.most))
    if most is None:
        return Sentence("{arm}: {score} at least {least}", arm=arm, score=score, least=least)
    if least is None:
        return Sentence("{arm}: {score} at most {most}", arm=arm, score=score, most=most)
    return Sentence("{arm}: {score} from {least} to {most}", arm=arm, score=score, least=least, most=most)


def score_title(report: CounselorReport, slot: Slot) -> str:
    """The words for a score; its keys when the edition does not have it."""
    return report.title(slot) if slot in report.slots else ", ".join(slot)


def _own(report: CounselorReport, row: OwnRow) -> tuple[Value, ...]:
    return (
        *_named(report, (row.domain, row.dimension)),
        row.n,
        _two(row.own_mean),
        _two(row.coder_mean),
        _two(row.bias.value),
        _two(row.bias.low),
        _two(row.bias.high),
        _two(row.low.value),
        _two(row.high.value),
        _two(row.correlation.value),
        _two(row.correlation.low),
        _two(row.correlation.high),
        _two(row.icc.value),
        _two(row.icc.low),
        _two(row.icc.high),
        _why(row.correlation, row.icc),
    )


def _why(*estimates: Estimate) -> str | None:
    reasons = dict.fromkeys(each.reason for each in estimates if each.reason)
    found = [Sentence(REASONS[reason]) for reason in reasons]
    if len(found) > 1:
        return Sentence("{first} {further}", first=found[0], further=found[1])
    return found[0] if found else None


def _named(report: CounselorReport, slot: Slot) -> tuple[str, str]:
    domain = next(each.title for each in report.instrument.domains if each.key == slot[0])
    return domain, report.instrument.dimensions[slot[1]].title


def _means(report: CounselorReport, about: Sentence | None = None) -> list[Column]:
    about = about or Sentence("Mean over the coded sessions.")
    return [
        Column(f"{domain}_{dimension}", _title(report, (domain, dimension)), Kind.NUMBER, about)
        for domain, dimension in report.slots
    ]


def _numbers(report: CounselorReport) -> list[Column]:
    """Behind the means; what is not applicable or could not be rated has no score."""
    about = Sentence("Coded sessions with this score.")
    return [
        Column(f"{domain}_{dimension}_n", _title(report, (domain, dimension), "n"), Kind.NUMBER, about)
        for domain, dimension in report.slots
    ]


def _title(report: CounselorReport, slot: Slot, what: str = "") -> Sentence:
    domain, dimension = _named(report, slot)
    if what:
        return Sentence("{domain}: {dimension}, {what}", domain=domain, dimension=dimension, what=what)
    return Sentence("{domain}: {dimension}", domain=domain, dimension=dimension)


def _share(share: Share) -> tuple[Value, ...]:
    figure, cannot = share.figure, share.unjudged or None
    if not figure.n:
        return None, None, None, None, None, cannot
    return share.met, figure.n, figure.value, figure.low, figure.high, cannot


def _figure(figure: Figure) -> tuple[Value, ...]:
    return _two(figure.value), _two(figure.low), _two(figure.high), figure.why or None


def _two(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)


def _limits() -> tuple[Column, Column]:
    about = Sentence("95 % confidence interval.")
    return (
        Column("low", Sentence("from"), Kind.NUMBER, about),
        Column("high", Sentence("to"), Kind.NUMBER, about),
    )


_SOURCES = {
    "one rating": Sentence("one rating"),
    "consensus": Sentence("consensus"),
    "mean of the ratings": Sentence("mean of the ratings"),
    "first of the ratings": Sentence("first of the ratings"),
}
_WILSON = Sentence("95 % interval of Wilson, which takes sessions for independent.")
_WHY = Column("why", Sentence("What to know"), Kind.TEXT)
_OWN = (
    Column("domain", Sentence("Domain")),
    Column("dimension", Sentence("Dimension")),
    Column("n", Sentence("Sessions"), Kind.NUMBER, Sentence("With a self-rating and a coder's score.")),
    Column("own", Sentence("Self: M"), Kind.NUMBER),
    Column("coders", Sentence("Coders: M"), Kind.NUMBER),
    Column(
        "bias",
        Sentence("Self − coders"),
        Kind.NUMBER,
        Sentence("Above zero: the counselor rates higher than the coders."),
    ),
    *_limits(),
    Column("lower", Sentence("Lower limit"), Kind.NUMBER, Sentence("Of agreement (Bland and Altman).")),
    Column("upper", Sentence("Upper limit"), Kind.NUMBER, Sentence("Of agreement (Bland and Altman).")),
    Column("r", Sentence("r"), Kind.NUMBER, Sentence("Pearson's correlation.")),
    Column("r_low", Sentence("r from"), Kind.NUMBER),
    Column("r_high", Sentence("r to"), Kind.NUMBER),
    Column("icc", Sentence("ICC(A,1)"), Kind.NUMBER, Sentence("Of self-rating and coders.")),
    Column("icc_low", Sentence("ICC from"), Kind.NUMBER),
    Column("icc_high", Sentence("ICC to"), Kind.NUMBER),
    _WHY,
)
