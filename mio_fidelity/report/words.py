"""The sentences of the workbook: names of the ICC, how it was computed, what the figures rest on."""

import re

from mio_fidelity.analysis.findings import Design, Findings, Moments, Row
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.decimals import counted
from mio_fidelity.reliability.estimate import Estimate

BOOTSTRAPS_OF_ICC = 1000
REML, ANOVA = "REML", "analysis of variance"

# The three names of the headline, its model, type, unit and definition, by the form of the design.
ICC_NAMES = {
    "two_way": {
        "Shrout & Fleiss (1979)": "ICC(2,1)",
        "McGraw & Wong (1996)": "ICC(A,1)",
        "SPSS": "Two-way random, absolute agreement, single measures",
    },
    "one_way": {
        "Shrout & Fleiss (1979)": "ICC(1,1)",
        "McGraw & Wong (1996)": "ICC(1)",
        "SPSS": "One-way random, single measures",
    },
}
ICC_MODEL = {
    "two_way": {
        "Model": "two-way random effects: sessions and coders are both samples",
        "Type (definition)": "absolute agreement: coders who differ by a constant lower it",
        "Unit": "single: the reliability of one coder's score",
        "Formula": "s / (s + r + e), with variances of sessions s, coders r and residual e",
        "Estimation": "restricted maximum likelihood (REML) on all scores, sessions coded once included; "
        "analysis of variance for a scale without gaps, the same unless a variance is negative",
    },
    "one_way": {
        "Model": "one-way random effects: coders are nested in sessions or taken as if they were",
        "Type (definition)": "absolute agreement: differences between coders are part of the error",
        "Unit": "single: the reliability of one coder's score",
        "Formula": "(MSB - MSW) / (MSB + (k0 - 1) MSW), k0 of Ebel (1951) for unequal numbers of coders",
        "Estimation": "analysis of variance",
    },
}


def icc_name(design: Design) -> str:
    """Short name of the headline."""
    return ICC_NAMES[design.form]["McGraw & Wong (1996)"]


def icc_in_words(findings: Findings) -> str:
    """The headline in one sentence, for the note under a table."""
    names = ICC_NAMES[findings.design.form]
    if findings.design.form == "two_way":
        what = (
            f"two-way random effects, absolute agreement, single coder, estimated by {_estimators(findings)}"
        )
    else:
        what = "one-way random effects, single coder"
    return (
        f"ICC = {names['McGraw & Wong (1996)']} in the notation of McGraw and Wong, "
        f"{names['Shrout & Fleiss (1979)']} in that of Shrout and Fleiss: {what}."
    )


def interval_in_words(findings: Findings) -> str:
    """How the interval of the headline is made."""
    coverage = f"{findings.options.confidence:.0%}"
    if findings.design.form == "one_way":
        return f"{coverage} confidence interval from the F distribution"
    if findings.options.interval == "bootstrap":
        n = min(findings.options.replicates, BOOTSTRAPS_OF_ICC)
        return (
            f"{coverage} confidence interval by parametric bootstrap ({n} replicates: new sessions, "
            "coders and "
            "residuals in the same design)"
        )
    if _estimators(findings) == ANOVA:
        return f"{coverage} confidence interval from the F distribution (McGraw and Wong, 1996)"
    of_the_rest = ""
    if _estimators(findings) != REML:
        of_the_rest = "; of scales all coders scored in all sessions, from the F distribution"
    return (
        f"{coverage} confidence interval by the delta method on the logit scale, components at the boundary "
        f"left out{of_the_rest}"
    )


def _estimators(findings: Findings) -> str:
    """How the headlines of a two-way design came about: complete scales go by analysis of variance."""
    methods = [row.icc.method for row in findings.rows if row.icc.defined]
    complete = [method.startswith("ANOVA") for method in methods]
    if not any(complete):
        return REML
    return ANOVA if all(complete) else f"{REML}, and by {ANOVA} for scales without gaps"


def design_in_words(findings: Findings) -> str:
    """Sessions, coders, ratings."""
    counts = findings.design.counts
    return (
        f"{counted(counts.n_sessions, 'session')}, {counts.n_multiple} of them coded by two or more coders; "
        f"{counted(counts.n_coders, 'coder')}; {counted(counts.n_ratings, 'rating')}."
    )


def banner_of(table: ScoreTable) -> str:
    """The sentence to show wherever the instrument is used; empty when none is needed."""
    return table.instrument.banner if table.instrument else ""


def domain_titles(table: ScoreTable) -> dict[str, str]:
    """Key to title of the domains."""
    return dict(table.domains)


def dimension_titles(table: ScoreTable) -> dict[str, str]:
    """Key to title of the dimensions."""
    return dict(table.dimensions)


def said_once(row: Row, remark: str) -> str:
    """A remark of a row without the row's own title."""
    return remark.removeprefix(f"{row.title}: ")


def remark_on(row: Row, estimate: Estimate) -> str:
    """What to keep in mind about an estimate, and about the row where it is the headline."""
    own = [estimate.remark] if estimate.remark else []
    if estimate is row.icc:
        # Flags and remarks can say the same thing with other punctuation.
        own += [said for each in row.remarks if _letters(said := said_once(row, each)) not in _letters(own)]
    return " ".join(own)


def _letters(said: str | list[str]) -> str:
    return re.sub(r"\W", "", "".join(said).lower())


def why_no_moments(moments: Moments) -> str:
    """Why there is no mean, or no standard deviation."""
    return "no scores" if not moments.n else "one session"
