"""What the charts are, what flags a change, and how sure that is."""

import html

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from mio_fidelity.analysis.drift_power import MADE, MEANING, Power, power
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.drift_words import rule_in_words
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate
# Of the page, and what its frame takes of the screen.
SIZE_PX, FRAME_PX = (680, 600), 40


def method_words(options: DriftOptions) -> tuple[str, ...]:
    """How charts and flags are made, a sentence or two each."""
    return (
        translate(
            "Drift",
            "A line shows whether a coder's scores have moved, compared with those of others for the same "
            "sessions. Within the band around the middle nothing is seen that could not be chance. A flag "
            "calls for listening together; it does not say who is right.",
        ),
        translate(
            "Drift",
            "Each session a coder shares with partners or with master codes gives one difference: own "
            "score minus the reference, the mean over the scales of a domain, in points. Above 0 the coder "
            "rates higher.",
        ),
        translate(
            "Drift",
            "EWMA (exponentially weighted moving average): each new difference counts {lam}, all before it "
            "the rest. Its limits lie {reach} standard deviations of that average around the expected "
            "difference. It shows small changes that last.",
        ).format(lam=f"{options.lam:g}", reach=f"{options.reach:g}"),
        translate(
            "Drift",
            "CUSUM (cumulative sum): what each difference lies beyond a slack of {k} standard deviations "
            "is added up, higher and lower apart; {h} is its limit. The day a sum was last 0 is when a "
            "change began.",
        ).format(k=f"{options.k:g}", h=f"{options.h:g}"),
        translate(
            "Drift",
            "Expected difference and standard deviation come from the certification phase, else from the "
            "first {n} sessions; the table of each coder says which. Nothing is said with fewer than "
            "{least} sessions after them.",
        ).format(n=options.baseline, least=options.least),
        *(said(words) for words in rule_in_words(options)),
        translate(
            "Drift",
            "A hollow mark is beyond the limits and not flagged: too little to be sure, or the other side "
            "of what a partner does, whose chart then shows it too.",
        ),
        translate(
            "Drift",
            "When all coders move together, partners do not show it: the chart of all together against "
            "master codes does.",
        ),
    )


def sources() -> tuple[str, ...]:
    """Where it is from."""
    return (
        "Roberts (1959), Technometrics 1, 239",
        "Page (1954), Biometrika 41, 100",
        "Montgomery, Introduction to Statistical Quality Control, ch. 9",
    )


def help_html(options: DriftOptions) -> str:
    """The whole of it as a short page."""
    now = theme.tokens()
    body = "".join(f"<p>{html.escape(line)}</p>" for line in method_words(options))
    heading = html.escape(translate("Drift", "Sources"))
    body += f"<h4>{heading}</h4><p style='color:{now.muted.name()}'>" + "<br>".join(
        html.escape(source) for source in sources()
    )
    return f"{body}</p>{power_html()}"


def power_html() -> str:
    """How good the alarm is, in a table and in words."""
    titles = (
        translate("Drift", "Limits from"),
        translate("Drift", "Sessions a year"),
        translate("Drift", "Shift, points"),
        translate("Drift", "False flags a coder-year"),
        translate("Drift", "Found"),
        translate("Drift", "Sessions until then"),
    )
    muted = theme.tokens().muted.name()
    head = "".join(
        f"<th align='right' style='color:{muted}; font-weight:normal'>{html.escape(title)}</th>"
        for title in titles
    )
    rows = "".join(_power_row(certified, line) for certified in (True, False) for line in power(certified))
    heading = html.escape(translate("Drift", "How sure a flag is"))
    made, meaning = html.escape(said(MADE)), html.escape(said(MEANING))
    return (
        f"<h4>{heading}</h4><p>{meaning}</p><table cellpadding='3' width='100%'><tr>{head}</tr>{rows}</table>"
        f"<p style='color:{muted}'>{made}</p>"
    )


def _power_row(certified: bool, line: Power) -> str:
    cells = (
        translate("Drift", "certification") if certified else translate("Drift", "first sessions"),
        str(line.sessions),
        f"{line.shift:g}",
        f"{line.false_alarms:.2f}",
        "" if line.detected is None else figures.percent(line.detected),
        "" if line.delay is None else str(line.delay),
    )
    return f"<tr>{''.join(f'<td align=right>{html.escape(cell)}</td>' for cell in cells)}</tr>"


class DriftHelp(QDialog):
    """The page of help; Esc closes it."""

    def __init__(self, options: DriftOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("How to read the drift charts")
        self.setWindowTitle(title)
        self.text = QTextBrowser()
        theme.set_role(self.text, "flat")
        self.text.setAccessibleName(title)
        self.text.setHtml(f"<h3>{html.escape(title)}</h3>" + help_html(options))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(self.text)
        whole.addWidget(buttons)
        area = self.screen().availableSize()
        self.resize(
            *(
                min(theme.scaled(px), most - FRAME_PX)
                for px, most in zip(SIZE_PX, area.toTuple(), strict=True)
            )
        )
