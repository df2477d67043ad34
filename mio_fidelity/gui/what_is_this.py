"""Any number can be asked what it is: its names, formula, interval, data and source."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.workbench import said
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.table import COEFFICIENTS
from mio_fidelity.report.bands import BANDS

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Topic:
    """What a number is.

    Attributes:
        title: Its name.
        meaning: What it says, in a sentence.
        synonyms: What others call it.
        formula: In one line.
        source: Where it is from.
    """

    title: str
    meaning: str
    synonyms: tuple[str, ...] = ()
    formula: str = ""
    source: str = ""


def topic(key: str) -> Topic:
    """What the number ``key`` is; KeyError when there is no such number."""
    meaning = _meanings()[key]
    if key in COEFFICIENTS:
        known = COEFFICIENTS[key]
        return Topic(known.title, meaning, known.synonyms, known.formula, known.source)
    title, formula, source = _others()[key]
    return Topic(title, meaning, (), formula, source)


def _meanings() -> dict[str, str]:
    return {
        "icc_a1": translate(
            "WhatIsThis",
            "How reliable the score of one coder is: the share of the variance between scores that "
            "is real difference between sessions. Leniency of a coder counts as error.",
        ),
        "icc_1": translate(
            "WhatIsThis",
            "How reliable the score of one coder is when it is not known, or cannot be told, how "
            "coders differ: all that is not difference between sessions is error.",
        ),
        "alpha_ordinal": translate(
            "WhatIsThis",
            "Agreement beyond chance among any number of coders, gaps allowed, for points that have "
            "an order. The interval resamples sessions.",
        ),
        "alpha_interval": translate(
            "WhatIsThis",
            "Agreement beyond chance among any number of coders, gaps allowed, for domain scores. "
            "The interval resamples sessions.",
        ),
        "ac2": translate(
            "WhatIsThis",
            "Agreement beyond chance that does not collapse when nearly all scores sit on one "
            "point. Read it beside the ICC, not in its place.",
        ),
        "exact": translate("WhatIsThis", "How often two coders of a session gave the same point."),
        "within_1": translate(
            "WhatIsThis", "How often two coders of a session were at most one point apart."
        ),
        "n": translate(
            "WhatIsThis",
            "How many sessions two or more coders rated: what every coefficient of the line rests on.",
        ),
        "mean": translate("WhatIsThis", "The mean over sessions of each session's mean score."),
        "sd": translate(
            "WhatIsThis",
            "How far the sessions' mean scores lie from each other. Where it is small, an ICC is "
            "small whatever coders do.",
        ),
        "band": translate(
            "WhatIsThis",
            "What authors of guidelines call a coefficient of this size. A convention, not a test.",
        ),
        "cronbach": translate(
            "WhatIsThis",
            "How well the scales of a domain hang together, over sessions' mean scores.",
        ),
        "omega": translate(
            "WhatIsThis",
            "How well the scales of a domain measure one thing when they need not measure it equally well.",
        ),
        "difference": translate(
            "WhatIsThis",
            "How many points this coder gives more, or less, than the partners on the same sessions "
            "and scales.",
        ),
        "severity": translate(
            "WhatIsThis",
            "How strict this coder is on the scale of a rating scale model, in logits; 0 is the "
            "mean of the coders, positive is stricter.",
        ),
        "pair": translate(
            "WhatIsThis",
            "How reliable one score of these two coders is, over all scales of the dimension: "
            "variance components of each scale, summed.",
        ),
        "dependability": translate(
            "WhatIsThis",
            "How reliable the mean of several coders would be. Absolute: scores are compared with a "
            "cut-off. Relative: sessions are only compared with each other.",
        ),
    }


def _others() -> dict[str, tuple[str, str, str]]:
    shrout = "Shrout & Fleiss (1979), Psychol Bull 86, 420"
    return {
        "n": (translate("WhatIsThis", "Double-coded sessions"), "", ""),
        "mean": (translate("WhatIsThis", "Mean"), "sum / n", ""),
        "sd": (translate("WhatIsThis", "Standard deviation"), "sqrt(sum (x - M)^2 / (n - 1))", ""),
        "band": (
            translate("WhatIsThis", "Band"),
            "; ".join(f"{each.title}: {each.in_words}" for each in BANDS.values()),
            " ".join(each.source for each in BANDS.values()),
        ),
        "cronbach": (
            translate("WhatIsThis", "Cronbach's alpha"),
            "k / (k - 1) (1 - sum of item variances / variance of the sum)",
            "Cronbach (1951), Psychometrika 16, 297; Feldt (1965), Psychometrika 30, 357",
        ),
        "omega": (
            translate("WhatIsThis", "McDonald's omega"),
            "(sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses)",
            "McDonald (1999), Test Theory: A Unified Treatment, ch. 6",
        ),
        "difference": (
            translate("WhatIsThis", "Difference from the partners"),
            "mean (own - partners' mean)",
            "",
        ),
        "severity": (
            translate("WhatIsThis", "Severity of a coder"),
            "log (P_x / P_x-1) = session - severity - step",
            "Linacre (1989), Many-Facet Rasch Measurement; Andrich (1978), Psychometrika 43, 561",
        ),
        "pair": (translate("WhatIsThis", "ICC of a pair of coders"), "s / (s + r + e)", shrout),
        "dependability": (
            translate("WhatIsThis", "D study"),
            "absolute: s / (s + (r + e) / n); relative: s / (s + e / n)",
            "Brennan (2001), Generalizability Theory, ch. 4",
        ),
    }


def as_html(about: Topic, estimate: Estimate | None, shown: str, extra: str = "") -> str:
    """The answer as a short page."""
    rows: list[tuple[str, str]] = [
        (translate("WhatIsThis", "Value"), shown),
        (translate("WhatIsThis", "Also called"), "; ".join(about.synonyms)),
        (translate("WhatIsThis", "Formula"), about.formula),
        *(_of(estimate) if estimate is not None else ()),
        (translate("WhatIsThis", "Why this form"), said(extra)),
        (translate("WhatIsThis", "Source"), about.source),
    ]
    now = theme.tokens()
    body = "".join(
        f"<tr><td style='color:{now.muted.name()}; padding-right:14px; white-space:nowrap'>"
        f"{html.escape(name)}</td><td>{html.escape(words)}</td></tr>"
        for name, words in rows
        if words
    )
    return f"<p>{html.escape(about.meaning)}</p><table cellpadding='3'>{body}</table>"


def _of(estimate: Estimate) -> Sequence[tuple[str, str]]:
    method = estimate.method
    if estimate.replicates:
        words = translate("WhatIsThis", "{method}; {n} resamples, seed {seed}, {undefined} undefined")
        method = words.format(
            method=method,
            n=estimate.replicates,
            seed=estimate.seed,
            undefined=estimate.undefined_replicates,
        )
    share = f"{100 * estimate.confidence:g}%"
    return (
        (translate("WhatIsThis", "Interval, {share}").format(share=share), figures.limits(estimate)),
        (translate("WhatIsThis", "Method"), method),
        (translate("WhatIsThis", "Data"), figures.basis(estimate)),
        (translate("WhatIsThis", "Keep in mind"), figures.remarks(estimate)),
    )


def answer(key: str, estimate: Estimate | None, shown: str, extra: str, parent: QWidget) -> None:
    """Open the answer for one number over ``parent``."""
    dialog = WhatIsThis(key, estimate, shown, extra, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


class WhatIsThis(QDialog):
    """Answers for one number; Esc closes it."""

    def __init__(
        self,
        key: str,
        estimate: Estimate | None = None,
        shown: str = "",
        extra: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        about = topic(key)
        self.setWindowTitle(about.title)
        self.text = QTextBrowser()
        theme.set_role(self.text, "flat")
        self.text.setAccessibleName(about.title)
        self.text.setHtml(f"<h3>{html.escape(about.title)}</h3>" + as_html(about, estimate, shown, extra))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self.text)
        whole.addWidget(buttons)
        self.resize(theme.scaled(560), theme.scaled(420))
