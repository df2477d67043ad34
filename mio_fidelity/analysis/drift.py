"""Who has moved since the beginning: charts of differences from master codes and partners."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from mio_fidelity.analysis.drift_context import (
    SEVERITY_SESSIONS,
    contexts,
    day_of,
    disagreements,
    leniency,
    stability,
)
from mio_fidelity.analysis.drift_data import Coded, coded
from mio_fidelity.analysis.drift_flags import Naming, Seen, flags_of
from mio_fidelity.analysis.drift_limits import PRIOR_SESSIONS
from mio_fidelity.analysis.drift_restarts import as_known, rated_again, recalibrations_by_person, restarts_of
from mio_fidelity.analysis.drift_results import (
    CoderDrift,
    Context,
    DriftFlag,
    DriftOptions,
    DriftReport,
    DriftSeries,
    Recalibrated,
    Reference,
    Standing,
)
from mio_fidelity.analysis.drift_series import series_of
from mio_fidelity.analysis.drift_tracks import GROUP, Track, topics_of, tracks
from mio_fidelity.coding.listing import natural
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.store import Db, Role
from mio_fidelity.store.models import Person

# So many ratings of one coder at one time were not given then.
SAME_TIME = 3
# The most serious first.
_SERIOUS = (
    Standing.DRIFTING,
    Standing.APART,
    Standing.RECALIBRATED,
    Standing.IN_CONTROL,
    Standing.TOO_FEW,
)


def drift(db: Db, options: DriftOptions | None = None) -> DriftReport:
    """The drift of all coders of the study.

    Raises:
        UserError: the study has no instrument, nobody has one of the codes asked for, it has no such
            dimension, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    options = options or DriftOptions()
    data = coded(db, options)
    codes = _people(db, data)
    people = sorted(codes, key=lambda each: natural(codes[each]))
    _refuse_unknown(options, data, codes)
    dimensions = tuple(
        (key, each.title)
        for key, each in data.instrument.dimensions.items()
        if key in (options.dimensions or (key,))
    )
    topics = topics_of(data.instrument, options)
    calibrations = recalibrations_by_person(db)
    rated = rated_again(db, set(calibrations))
    restarts = {
        at: restarts_of(calibrations.get(person, ()), rated, data) for at, person in enumerate(people)
    }
    charts = tracks(data, people, topics, [key for key, _ in dimensions], restarts, options)
    seen = {reference: _seen(data, reference, codes) for reference in data.pairs}
    in_order = [codes[each] for each in people]
    naming = Naming(data.given, people, in_order, seen, dict(dimensions), date.today(), options)
    series, apart = _series(charts, data, naming)
    severity = leniency(data, people, [key for key, _ in dimensions])
    context = contexts(db, data, people)
    found = []
    for at, person in enumerate(people):
        if codes[person] in (options.coders or (codes[person],)):
            lenient = {key: each[at] for key, each in severity.items()}
            again = tuple(as_known(row) for row in calibrations.get(person, ()))
            found.append(_coder(data, naming, at, series[at], lenient, context[person], again))
    return DriftReport(
        options,
        topics,
        dimensions,
        tuple(found),
        tuple(series[GROUP]),
        apart,
        f"{data.instrument.title}, {data.instrument.edition}",
        data.instrument.banner,
        _remarks(data, options),
    )


def _coder(
    data: Coded,
    naming: Naming,
    at: int,
    series: Sequence[DriftSeries],
    severity: Mapping[str, Estimate],
    context: Context,
    again: tuple[Recalibrated, ...],
) -> CoderDrift:
    """All about the coder number ``at``."""
    person, codes = naming.people[at], dict(zip(naming.people, naming.codes, strict=True))
    dimensions = tuple(naming.dimension_titles)
    return CoderDrift(
        codes[person],
        person,
        _most_serious(series),
        _words(series),
        tuple(series),
        _within(series),
        tuple(each for each in stability(data, person) if each.dimension in dimensions),
        severity,
        context,
        disagreements(data, person, codes, naming.options.references, dimensions),
        again,
        *(_sessions(data, reference, person) for reference in (Reference.PARTNERS, Reference.MASTER)),
    )


def _people(db: Db, data: Coded) -> dict[str, str]:
    """Id to code: coders at work, and whoever gave a rating that is charted."""
    rated = {data.given.people[at] for pairs in data.pairs.values() for at in {*pairs.own.tolist()}}
    return {
        person.id: person.code
        for person in db.scalars(select(Person))
        if person.id in rated or (person.active and person.role == Role.CODER)
    }


def _refuse_unknown(options: DriftOptions, data: Coded, codes: Mapping[str, str]) -> None:
    unknown = [code for code in options.coders if code not in codes.values()]
    if unknown:
        raise UserError("No coder of the study is called {code}.", code=", ".join(unknown))
    missing = [key for key in options.dimensions if key not in data.instrument.dimensions]
    if missing:
        raise UserError(
            "The instrument has no dimension {key}. Choose from {all}.",
            key=", ".join(missing),
            all=", ".join(data.instrument.dimensions),
        )


def _seen(data: Coded, reference: Reference, codes: Mapping[str, str]) -> dict[int, Seen]:
    """What is shown of each rating that is held against something."""
    given = data.given
    others: defaultdict[int, list[int]] = defaultdict(list)
    for own, other in zip(
        *(side.tolist() for side in (data.pairs[reference].own, data.pairs[reference].other)), strict=True
    ):
        others[own].append(other)
    partners = reference is Reference.PARTNERS
    return {
        at: (
            day_of(given.submitted[at]),
            data.labels[given.sessions[at]],
            given.ids[at],
            tuple(given.ids[other] for other in those),
            tuple(codes[given.people[other]] for other in those) if partners else (),
        )
        for at, those in others.items()
    }


def _series(
    charts: Sequence[Track], data: Coded, naming: Naming
) -> tuple[defaultdict[int, list[DriftSeries]], tuple[Sentence, ...]]:
    """The series of each coder and of all together, and who has moved apart."""
    of_master = {
        (track.dimension, track.topic.key): track for track in charts if track.reference is Reference.MASTER
    }
    found: defaultdict[int, list[DriftSeries]] = defaultdict(list)
    apart: dict[tuple[frozenset[str], str, str], Sentence] = {}
    for track in charts:
        if track.reference not in naming.options.references:
            continue
        master = of_master.get((track.dimension, track.topic.key))
        flags = flags_of(track, master if master is not track else None, naming)
        for coder in track.charts:
            found[coder].append(series_of(track, coder, flags.get(coder, ()), data, naming))
            for _, flag in flags.get(coder, ()):
                if flag.standing is Standing.APART and flag.cleared_on is None:
                    apart.setdefault(_pair(flag), flag.words)
    return found, tuple(apart.values())


def _pair(flag: DriftFlag) -> tuple[frozenset[str], str, str]:
    partners = [each for each in flag.against if each.who]
    most = max(partners, key=lambda each: abs(each.n * each.change), default=None)
    return frozenset({flag.coder, most.who if most else ""}), flag.topic, flag.dimension


def _most_serious(series: Sequence[DriftSeries]) -> Standing:
    found = {each.standing for each in series}
    return next((each for each in _SERIOUS if each in found), Standing.TOO_FEW)


def _words(series: Sequence[DriftSeries]) -> tuple[Sentence, ...]:
    flagged = tuple(each.words for each in series if each.standing in _SERIOUS[:2])
    if flagged:
        return flagged
    # One that is beyond its limits says more than one that is not.
    most = max(
        series,
        key=lambda each: (-_SERIOUS.index(each.standing), any(at.signals for at in each.points[-1:]), each.n),
        default=None,
    )
    return (most.words,) if most else ()


def _within(series: Sequence[DriftSeries]) -> dict[Reference, tuple[float, int]]:
    found = {}
    for reference in Reference:
        those = [each for each in series if each.reference is reference and each.n_scores]
        n = sum(each.n_scores for each in those)
        if n:
            found[reference] = (sum(each.within_1 * each.n_scores for each in those) / n, n)
    return found


def _sessions(data: Coded, reference: Reference, person: str) -> int:
    pairs = data.pairs[reference]
    return len({at for at in pairs.own[~pairs.learnt].tolist() if data.given.people[at] == person})


def _remarks(data: Coded, options: DriftOptions) -> tuple[Sentence, ...]:
    """What to keep in mind."""
    found = []
    if Reference.MASTER in options.references and not len(data.pairs[Reference.MASTER].own):
        found.append(
            Sentence(
                "No coder's rating has master codes beside it, so it cannot be seen whether all coders drift "
                "together."
            )
        )
    if Reference.PARTNERS in options.references:
        found.append(
            Sentence(
                "A difference from partners involves two coders: when one drifts, the partners' charts show "
                "it the other way round. A flag names a coder only when it holds against two partners or "
                "more, or against master codes."
            )
        )
    found.append(
        Sentence(
            "Each coder's variance is drawn towards that of all coders, as if these had been seen in {n} "
            "sessions more, is taken a little larger where it rests on few sessions, and never less than "
            "rounding of scores makes it.",
            n=PRIOR_SESSIONS,
        )
    )
    if n := _at_once(data):
        found.append(
            Sentence(
                "{n} ratings bear the same time as others of the same coder, as imported ones do: in which "
                "order they were given is not known, so do not rely on since when something has changed.",
                n=n,
            )
        )
    if data.other_edition:
        found.append(
            Sentence(
                "Ratings that could not be compared: {n}. Their counterpart was given with another edition "
                "of the instrument.",
                n=data.other_edition,
            )
        )
    if data.again:
        found.append(
            Sentence("Hidden re-codes, for stability alone and not in the charts: {n}.", n=len(data.again))
        )
    if data.cut:
        found.append(
            Sentence(
                "Of each coder the first {first} and the newest {newest} sessions are charted.",
                first=options.baseline,
                newest=options.latest,
            )
        )
    if len(set(data.pairs[Reference.PARTNERS].own.tolist())) > 2 * SEVERITY_SESSIONS:
        found.append(Sentence("Severity rests on the newest {n} double-coded sessions.", n=SEVERITY_SESSIONS))
    return tuple(found)


def _at_once(data: Coded) -> int:
    """Charted ratings that nobody can have given one after the other: many within one second."""
    given = data.given
    own = {at for pairs in data.pairs.values() for at in pairs.own.tolist()}
    many = Counter((given.people[at], int(given.submitted[at])) for at in own)
    return sum(n for n in many.values() if n >= SAME_TIME)
