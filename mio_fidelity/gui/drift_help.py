"""What the charts are, what flags a change, and how sure that is."""

import html

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.gui import theme

translate = QCoreApplication.translate


def method_words(options: DriftOptions) -> tuple[str, ...]:
    """How charts and flags are made, a sentence or two each."""
    return (
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
        translate(
            "Drift",
            "A change is flagged when a chart is beyond its limit, the change has lasted for {since} "
            "sessions or more, and it is {sure} standard errors or more of what is known of the limits; "
            "the more charts and sessions are watched, the larger it must be.",
        ).format(since=options.since, sure=f"{options.sure:g}"),
        translate(
            "Drift",
            "A flag names a coder only when it holds against two partners or more, or against master "
            "codes; of two coders alone nobody can tell which has moved.",
        ),
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
    return f"{body}</p>"


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
        self.resize(theme.scaled(640), theme.scaled(560))
