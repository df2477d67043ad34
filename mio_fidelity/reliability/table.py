"""Every coefficient of agreement in one table: what it is called, what it means, how to compute it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from numpy.typing import ArrayLike

from mio_fidelity.reliability.agreement import finn, lin_ccc, percent_agreement
from mio_fidelity.reliability.alpha import Level, krippendorff_alpha
from mio_fidelity.reliability.design import LIKERT
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.gwet import Coefficient as Corrected
from mio_fidelity.reliability.gwet import chance_corrected
from mio_fidelity.reliability.icc import icc_complete
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.kappa import cohen_kappa
from mio_fidelity.reliability.oneway import icc_oneway

# Scores (sessions, coders) and the declared points of the scale -> the estimate.
Function = Callable[[ArrayLike, Sequence[float]], Estimate]

RANKED = ("ordinal", "interval", "ratio")
METRIC = ("interval", "ratio")
ALL = ("nominal", *RANKED)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One row of the table.

    Args:
        key: Stable name, used in files.
        title: Name shown.
        synonyms: What other programs and papers call it.
        function: Computes it from scores and the declared scale.
        levels: Levels of measurement it fits.
        gaps: Whether coders may have left sessions out.
        two_coders: Whether it is for exactly two coders.
        formula: In one line, s / r / e for session, coder and residual variance, P for shares of agreement.
        source: Where the formula is from.
    """

    key: str
    title: str
    synonyms: tuple[str, ...]
    function: Function
    levels: tuple[str, ...]
    gaps: bool
    two_coders: bool
    formula: str
    source: str


def _reml(form: str) -> Function:
    return lambda scores, _categories: icc_incomplete(scores).forms[form]


def _anova(form: str) -> Function:
    return lambda scores, _categories: icc_complete(scores)[form]


def _oneway(form: str) -> Function:
    return lambda scores, _categories: icc_oneway(scores)[form]


def _alpha(level: Level) -> Function:
    return lambda scores, categories: krippendorff_alpha(scores, level, categories)


def _corrected(coefficient: str, weights: str) -> Function:
    return lambda scores, points: chance_corrected(scores, cast(Corrected, coefficient), weights, points)


def _kappa(weights: str) -> Function:
    return lambda scores, categories: cohen_kappa(scores, weights, categories)


def _agreement(within: float, how: str) -> Function:
    if how == "all":
        return lambda scores, _categories: percent_agreement(scores, within, "all")
    return lambda scores, _categories: percent_agreement(scores, within)


TEN_HOVE = "ten Hove, Jorgensen & van der Ark (2024), Psychological Methods 29, 967"
SHROUT = "Shrout & Fleiss (1979), Psychol Bull 86, 420; McGraw & Wong (1996), Psychol Methods 1, 30"
KRIPPENDORFF = "Krippendorff (2019), Content Analysis, 4th ed., ch. 12"
GWET = "Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed."
COHEN = "Cohen (1968), Psychol Bull 70, 213; Fleiss, Cohen & Everitt (1969), Psychol Bull 72, 323"
CHANCE = "(P_obs - P_exp) / (1 - P_exp)"

_ROWS: tuple[tuple[str, str, tuple[str, ...], Function, tuple[str, ...], bool, bool, str, str], ...] = (
    (
        "icc_a1",
        "ICC(A,1)",
        ("ICC(2,1)", "two-way random, absolute agreement, single measures"),
        _reml("ICC(A,1)"),
        METRIC,
        True,
        False,
        "s / (s + r + e)",
        TEN_HOVE,
    ),
    (
        "icc_akhat",
        "ICC(A,khat)",
        ("ICC(2,k) for incomplete data", "two-way random, absolute agreement, average measures"),
        _reml("ICC(A,khat)"),
        METRIC,
        True,
        False,
        "s / (s + (r + e) / khat)",
        TEN_HOVE,
    ),
    (
        "icc_qkhat",
        "ICC(Q,khat)",
        ("G(q,k)",),
        _reml("ICC(Q,khat)"),
        METRIC,
        True,
        False,
        "s / (s + Q r + e / khat)",
        TEN_HOVE,
    ),
    (
        "icc_c1",
        "ICC(C,1)",
        ("ICC(3,1)", "two-way, consistency, single measures"),
        _reml("ICC(C,1)"),
        METRIC,
        True,
        False,
        "s / (s + e)",
        TEN_HOVE,
    ),
    (
        "icc_1",
        "ICC(1)",
        ("ICC(1,1)", "one-way random, single measures"),
        _oneway("ICC(1)"),
        METRIC,
        True,
        False,
        "(MSB - MSW) / (MSB + (k0 - 1) MSW)",
        "Ebel (1951), Psychometrika 16, 407",
    ),
    *(
        (
            f"anova_{form[4]}{form[6]}",
            f"{form} by ANOVA",
            names,
            _anova(form),
            METRIC,
            False,
            False,
            formula,
            SHROUT,
        )
        for form, names, formula in (
            ("ICC(1,1)", ("ICC(1)",), "(MSR - MSW) / (MSR + (k - 1) MSW)"),
            ("ICC(2,1)", ("ICC(A,1)",), "(MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n)"),
            ("ICC(3,1)", ("ICC(C,1)",), "(MSR - MSE) / (MSR + (k - 1) MSE)"),
            ("ICC(1,k)", ("ICC(k)",), "(MSR - MSW) / MSR"),
            ("ICC(2,k)", ("ICC(A,k)",), "(MSR - MSE) / (MSR + (MSC - MSE) / n)"),
            ("ICC(3,k)", ("ICC(C,k)", "Cronbach's alpha of coders"), "(MSR - MSE) / MSR"),
        )
    ),
    *(
        (
            f"alpha_{level}",
            f"Krippendorff's alpha, {level}",
            ("KALPHA",),
            _alpha(cast(Level, level)),
            (level,),
            True,
            False,
            "1 - D_observed / D_expected",
            KRIPPENDORFF,
        )
        for level in ALL
    ),
    *(
        (key, title, names, _corrected(coefficient, weights), levels, True, False, formula, GWET)
        for key, title, names, coefficient, weights, levels, formula in (
            ("ac1", "Gwet's AC1", ("gamma",), "gwet", "unweighted", ("nominal",), CHANCE),
            ("ac2", "Gwet's AC2, quadratic", (), "gwet", "quadratic", RANKED, CHANCE),
            ("bp", "Brennan-Prediger", ("S", "G index"), "bp", "unweighted", ("nominal",), CHANCE),
            ("bp_quadratic", "Brennan-Prediger, quadratic", (), "bp", "quadratic", RANKED, CHANCE),
            ("fleiss", "Fleiss' kappa", ("Scott's pi",), "fleiss", "unweighted", ("nominal",), CHANCE),
            ("conger", "Conger's kappa", ("exact kappa",), "conger", "unweighted", ("nominal",), CHANCE),
        )
    ),
    *(
        (
            f"kappa_{weights}",
            f"Cohen's kappa, {weights}",
            ("kappa",) if weights == "unweighted" else ("weighted kappa",),
            _kappa(weights),
            levels,
            True,
            True,
            CHANCE,
            COHEN,
        )
        for weights, levels in (("unweighted", ("nominal",)), ("linear", RANKED), ("quadratic", RANKED))
    ),
    *(
        (key, title, (), _agreement(within, how), levels, how == "pairwise", False, formula, "by counting")
        for key, title, within, how, levels, formula in (
            ("exact", "Exact agreement", 0, "pairwise", ALL, "mean share of agreeing coder pairs"),
            ("within_1", "Agreement within 1", 1, "pairwise", RANKED, "mean share of coder pairs within 1"),
            ("exact_all", "All coders agree", 0, "all", ALL, "share of sessions"),
            ("within_1_all", "All coders within 1", 1, "all", RANKED, "share of sessions"),
        )
    ),
    (
        "ccc",
        "Lin's concordance correlation",
        ("CCC",),
        lambda scores, _categories: lin_ccc(scores),
        METRIC,
        True,
        True,
        "2 cov / (var_1 + var_2 + (mean_1 - mean_2)^2)",
        "Lin (1989), Biometrics 45, 255",
    ),
    (
        "finn",
        "Finn's coefficient",
        (),
        lambda scores, categories: finn(scores, len(categories)),
        METRIC,
        True,
        False,
        "1 - MSW / ((points^2 - 1) / 12)",
        "Finn (1970), Educ Psychol Meas 30, 71",
    ),
)

COEFFICIENTS: dict[str, Coefficient] = {row[0]: Coefficient(*row) for row in _ROWS}


def compute(key: str, scores: ArrayLike, categories: Sequence[float] = LIKERT) -> Estimate:
    """Any coefficient of the table by its key.

    Args:
        key: A key of `COEFFICIENTS`.
        scores: Shape (sessions, coders), NaN where a coder gave no score.
        categories: The declared points of the scale.

    Returns:
        The estimate; NaN with a reason when undefined.

    Raises:
        KeyError: no such coefficient.
        ValueError: ``scores`` is not two-dimensional, or off the scale where the scale matters.

    Source:
        See the coefficient's own ``source``.
    """
    return COEFFICIENTS[key].function(scores, categories)
