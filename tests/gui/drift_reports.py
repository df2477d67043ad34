"""Reports of drift made by hand, as the page gets them."""

from datetime import date, timedelta

import numpy as np

from mio_fidelity.analysis.drift_results import (
    CoderDrift,
    Context,
    Disagreement,
    DriftFlag,
    DriftOptions,
    DriftPoint,
    DriftReport,
    DriftSeries,
    Limits,
    Origin,
    Reference,
    Stability,
    Standing,
    Topic,
)
from mio_fidelity.errors import Sentence
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.reliability.drift import cusum, ewma
from mio_fidelity.reliability.estimate import Estimate

BEGINNING, SIGMA, BASELINE = date(2026, 1, 12), 0.45, 10
NAN = float("nan")


def report(coders=4, sessions=50, drifting="R4", by="domain", seed=3):
    """Coders R1, R2...; from the middle on ``drifting`` rates mentalization .9 lower than partners."""
    rng = np.random.default_rng(seed)
    instrument = shipped_instrument()
    options = DriftOptions(by=by)
    topics = tuple(
        Topic(each.key, each.title, domain.color)
        for domain in instrument.domains
        for each in ((domain,) if by == "domain" else domain.scales)
    )
    dimensions = tuple((key, each.title) for key, each in instrument.dimensions.items())
    made = tuple(coder(f"R{nth + 1}", sessions, drifting, topics, dimensions, rng) for nth in range(coders))
    group = tuple(
        series("", Reference.MASTER, topic, dimension, sessions // 2, False, rng)
        for dimension, _ in dimensions
        for topic in topics
    )
    remark = Sentence("Ratings of {n} sessions could not be compared.", n=2)
    return DriftReport(
        options, topics, dimensions, made, group, (), "MIO practice set, edition 2", "", (remark,)
    )


def coder(code, sessions, drifting, topics, dimensions, rng):
    """One of them."""
    found = tuple(
        series(
            code,
            reference,
            topic,
            dimension,
            sessions if reference is Reference.PARTNERS else max(0, sessions // 4 - 8),
            code == drifting
            and topic.color == "mentalization"
            and dimension == "fidelity"
            and reference is Reference.PARTNERS,
            rng,
        )
        for reference in Reference
        for dimension, _ in dimensions
        for topic in topics
    )
    flags = [flag for each in found for flag in each.flags]
    standing = Standing.DRIFTING if flags else Standing.IN_CONTROL if sessions > 18 else Standing.TOO_FEW
    words = tuple(flag.words for flag in flags) or (Sentence("All charts are in control."),)
    found_out = Estimate(0.12, -0.21, 0.45)
    return CoderDrift(
        code,
        f"id-{code}",
        standing,
        words,
        found,
        {Reference.PARTNERS: (0.94, 500)},
        tuple(Stability(key, 6, 60, 0.93, -0.05, found_out) for key, _ in dimensions),
        {key: found_out for key, _ in dimensions},
        Context(0.98, sessions, 72.0, sessions, 2),
        (
            Disagreement(
                f"{code}-a",
                f"{code}-b",
                "C01-4",
                BEGINNING,
                "warm_regard",
                "Warm regard",
                "fidelity",
                2,
                6,
                Reference.PARTNERS,
                "R2",
            ),
        ),
        (),
        sessions,
        max(0, sessions // 4 - 8),
    )


def series(code, reference, topic, dimension, n, shifted, rng):
    """One chart, by the program's own control charts."""
    shifted = shifted and n > 18
    values = rng.normal(0.02, SIGMA, n)
    if shifted:
        values[n // 2 :] -= 0.9
    later = values[BASELINE:]
    average, sums = (ewma(later, 0, SIGMA), cusum(later, 0, SIGMA)) if len(later) else (None, None)
    begun = n // 2 if shifted else n
    points = tuple(
        point(at, value, average, sums, shifted and at >= begun) for at, value in enumerate(values)
    )
    standing = Standing.DRIFTING if shifted else Standing.IN_CONTROL if n > 18 else Standing.TOO_FEW
    flags = ()
    if shifted:
        words = Sentence(
            "{code} has left its control limits on {topic} since {day}: rates {size} lower than partners",
            code=code,
            topic=topic.title,
            day="12 October",
            size=".8",
        )
        flags = (
            DriftFlag(
                code,
                topic.key,
                dimension,
                reference,
                points[begun].day,
                points[begun + 4].day,
                n - begun,
                float(values[begun:].mean()),
                float(values[begun:].mean()),
                (),
                Standing.DRIFTING,
                None,
                words,
            ),
        )
    few = Sentence("{n} sessions so far; {least} are needed before a chart says anything.", n=n, least=18)
    words = few if standing is Standing.TOO_FEW else Sentence("{topic}: in control.", topic=topic.title)
    limits = Limits(Origin.FIRST, BASELINE, 0.0, SIGMA, Sentence("From the first {n} sessions.", n=BASELINE))
    return DriftSeries(
        code,
        topic.key,
        dimension,
        reference,
        points,
        limits,
        max(0, n - BASELINE),
        float(values.mean()) if n else NAN,
        0.93 if n else NAN,
        3 * n,
        (),
        flags,
        standing,
        words,
    )


def point(at, value, average, sums, flagged):
    """One session of a chart."""
    later = at - BASELINE
    day = BEGINNING + timedelta(days=6 * at)
    numbers = (NAN,) * 5
    signals = False
    if later >= 0:
        numbers = tuple(
            float(each[later])
            for each in (
                average.upper,
                average.upper_limit,
                average.lower_limit,
                sums.upper,
                sums.lower,
            )
        )
        signals = bool(average.signals[later] or sums.signals[later])
    return DriftPoint(
        day,
        f"C{at:02d}-1",
        f"rating-{at}",
        (f"other-{at}",),
        ("R9",),
        float(value),
        float(value),
        3,
        3 if abs(value) < 0.8 else 2,
        *numbers,
        signals,
        flagged,
        later < 0,
    )
