"""The sheet that says how everything was computed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from openpyxl import Workbook

from mio_fidelity.analysis.findings import Findings
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.report.bands import BANDS, Scheme
from mio_fidelity.report.cells import SUBTITLE, TITLE, As, Look, Sheet
from mio_fidelity.report.words import (
    ICC_MODEL,
    ICC_NAMES,
    banner_of,
    design_in_words,
    interval_in_words,
)

NAME = "Method"
Line = tuple[str, str]

REFERENCES = (
    "Shrout, P. E., & Fleiss, J. L. (1979). Intraclass correlations: Uses in assessing rater reliability. "
    "Psychological Bulletin, 86, 420-428.",
    "McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass correlation coefficients. "
    "Psychological Methods, 1, 30-46.",
    "ten Hove, D., Jorgensen, T. D., & van der Ark, L. A. (2024). Updated guidelines on selecting an "
    "intraclass "
    "correlation coefficient for interrater reliability, with applications to incomplete "
    "observational designs. "
    "Psychological Methods, 29, 967-979.",
    "Ebel, R. L. (1951). Estimation of the reliability of ratings. Psychometrika, 16, 407-424.",
    "Krippendorff, K. (2019). Content analysis: An introduction to its methodology (4th ed.). Sage.",
    "Gwet, K. L. (2014). Handbook of inter-rater reliability (4th ed.). Advanced Analytics.",
    BANDS["cicchetti"].source,
    BANDS["koo_li"].source,
)


def write_method(book: Workbook, findings: Findings, table: ScoreTable, bands: Scheme) -> None:
    """In sections: data, model, other coefficients, bands, ratings left out, versions, references."""
    sheet = Sheet(book, NAME, (34, 110), freeze="A2", footer=banner_of(table), landscape=False)
    sheet.add("Method", look=TITLE)
    sheet.across(banner_of(table), Look(bold=True, color="9C3D00"))
    section(sheet, "Data", _data(findings, table))
    section(sheet, "Headline coefficient", _headline(findings))
    section(sheet, "Other figures", _others(findings, table))
    section(sheet, "Bands", _bands(bands))
    section(sheet, "Ratings not used", _left_out(findings))
    section(sheet, "Program", _program(findings))
    section(sheet, "References", (("", reference) for reference in REFERENCES))
    sheet.finish()


def section(sheet: Sheet, title: str, lines: Iterable[Line]) -> None:
    """A heading and, under it, lines of a name and what is said of it."""
    sheet.skip()
    sheet.add(title, None, look=SUBTITLE)
    top = "thin"
    for name, said in lines:
        sheet.add(As(name, Look(bold=True, wrap=True, top=top)), As(said, Look(wrap=True, top=top)))
        top = ""


def _data(findings: Findings, table: ScoreTable) -> Iterator[Line]:
    if table.instrument:
        yield "Instrument", f"{table.instrument.title}, edition {table.instrument.edition}"
        if table.instrument.banner:
            yield "Please note", table.instrument.banner
        yield "Fingerprint of the instrument", f"SHA-256 {table.instrument.sha256}"
    else:
        yield "Instrument", "not known: the scores came as a table"
    yield (
        "Selected",
        "; ".join(f"{key}: {value}" for key, value in findings.filter_words.items()) or "everything",
    )
    yield "Sessions and ratings", design_in_words(findings)
    yield "Arms", ", ".join(findings.arms) or "none are known"
    yield "Fingerprint of the scores", f"SHA-256 {findings.data_sha256}"
    yield (
        "Not applicable, cannot rate",
        "Treated as missing in every coefficient; agreement on applicability is reported on its own.",
    )


def _headline(findings: Findings) -> Iterator[Line]:
    design = findings.design
    for who, name in ICC_NAMES[design.form].items():
        yield f"Name: {who}", name
    yield from ICC_MODEL[design.form].items()
    yield "Interval", interval_in_words(findings)
    yield "Why this form", design.why
    yield "Design", _design(findings)
    for remark in findings.remarks:
        yield "Keep in mind", remark
    yield (
        "Coders per session",
        f"harmonic mean {design.k_hat:.3f}; non-overlap Q {design.q:.4f} (0 = fully crossed)",
    )


def _design(findings: Findings) -> str:
    design = findings.design
    said = {
        "crossed": "crossed: every coder rated every double-coded session",
        "rotating": "rotating: sessions are coded by different sets of coders, linked by shared sessions",
        "disconnected": "disconnected: groups of coders that never share a session",
    }[design.kind]
    if design.kind == "disconnected":
        said += ": " + " | ".join(", ".join(group) for group in design.groups)
    return said


def _others(findings: Findings, table: ScoreTable) -> Iterator[Line]:
    options = findings.options
    yield "M and SD", "Over sessions, of each session's mean over its coders; SD with n - 1."
    share = table.instrument.missing_share if table.instrument else 1.0
    yield (
        "Domain scores",
        "Mean of the domain's rated scales for one coder and session, when at least "
        f"{share:.0%} of the applicable scales are rated.",
    )
    yield (
        "ICC of the mean",
        "Reliability of the mean of the session's coders (khat = harmonic mean of coders).",
    )
    yield "ICC(C,1)", "Consistency: coders may differ by a constant. Its gap to the headline is leniency."
    yield (
        "Krippendorff's alpha",
        "Ordinal for scales, interval for domain scores; interval by resampling sessions, observed "
        "and expected "
        f"disagreement both recomputed ({options.replicates} replicates, seed {options.seed}).",
    )
    yield (
        "Gwet's AC2",
        "Quadratic weights on the declared points: it stays readable when scores pile up on one point.",
    )
    yield "Agreement", "Share of pairs of coders with equal scores, and with scores at most one point apart."
    yield (
        "Internal consistency",
        "Cronbach's alpha with Feldt's interval, McDonald's omega; over sessions' mean scores.",
    )
    yield (
        "Severity",
        "Rating scale model over all scales of a dimension, conditional maximum likelihood, in logits.",
    )


def _bands(chosen: Scheme) -> Iterator[Line]:
    for scheme, bands in BANDS.items():
        yield bands.title + (" (chosen)" if scheme == chosen else ""), bands.in_words


def _left_out(findings: Findings) -> Iterator[Line]:
    counts = Counter(why for _, _, why in findings.left_out)
    yield "Left out", "; ".join(f"{why}: {n}" for why, n in counts.items()) or "none"
    for session, coder, why in findings.left_out:
        yield f"{session}, {coder}", why
    yield "Coded once only", ", ".join(findings.single) or "none"
    if findings.single:
        yield "", "They count in means and in the variance of sessions and coders, not in agreement."


def _program(findings: Findings) -> Iterator[Line]:
    libraries = {**findings.versions, "openpyxl": version("openpyxl")}
    yield "Versions", ", ".join(f"{name} {number}" for name, number in libraries.items())
    yield "Computed", f"{findings.computed_at:%Y-%m-%d %H:%M} UTC"
    yield "Seed, replicates", f"{findings.options.seed}, {findings.options.replicates}"
