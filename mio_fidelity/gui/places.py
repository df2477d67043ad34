"""A supervisor's places: the bar that leads to them, and the pages, made when they are first wanted."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.workbench import Workbench


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


QUEUE, STUDY, PLAN, CONSENSUS, RELIABILITY = "queue", "study", "plan", "consensus", "reliability"
DRIFT = "drift"
TRAINING = "training"
MEETINGS = "meetings"
COUNSELORS = "counselors"
_TITLES = {
    QUEUE: QT_TRANSLATE_NOOP("Places", "My sessions"),
    STUDY: QT_TRANSLATE_NOOP("Places", "Study"),
    PLAN: QT_TRANSLATE_NOOP("Places", "Assignment"),
    CONSENSUS: QT_TRANSLATE_NOOP("Places", "Consensus"),
    RELIABILITY: QT_TRANSLATE_NOOP("Places", "Reliability"),
    DRIFT: QT_TRANSLATE_NOOP("Places", "Drift"),
    TRAINING: QT_TRANSLATE_NOOP("Places", "Training"),
    MEETINGS: QT_TRANSLATE_NOOP("Places", "Meetings"),
    COUNSELORS: QT_TRANSLATE_NOOP("Places", "Counselors"),
}


class PlaceBar(QFrame):
    """Where a supervisor can go; Alt and a digit lead there too.

    Signals:
        chosen: The key of a place.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        theme.set_role(self, "bar")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Places"))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(6), 0, theme.scaled(6), 0)
        row.addWidget(self.tabs)
        row.addStretch()
        for at, title in enumerate(_TITLES.values()):
            self.tabs.addTab(QCoreApplication.translate("Places", title))
            key = QKeySequence(f"Alt+{at + 1}")
            self.tabs.setTabToolTip(at, key.toString(QKeySequence.SequenceFormat.NativeText))
            shortcut = QShortcut(key, self, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda at=at: self._choose(at))
        self.tabs.tabBarClicked.connect(self._choose)
        self.tabs.currentChanged.connect(self._choose)

    def mark(self, place: str) -> None:
        """Show which place this is."""
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(list(_TITLES).index(place))
        self.tabs.blockSignals(False)

    def _choose(self, at: int) -> None:
        if at >= 0 and self.isVisible():
            self.chosen.emit(list(_TITLES)[at])


# Imported when they are first wanted: the window opens sooner.
def _study(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.study_page import StudyPage

    return StudyPage(bench)


def _plan(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.plan_page import PlanPage

    return PlanPage(bench)


def _consensus(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.consensus_page import ConsensusPage

    return ConsensusPage(bench)


def _reliability(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.reliability_page import ReliabilityPage

    return ReliabilityPage(bench)


def _drift(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.drift_page import DriftPage

    return DriftPage(bench)


def _training(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.training_page import TrainingPage

    return TrainingPage(bench)


def _meetings(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.meetings_page import MeetingsPage

    return MeetingsPage(bench)


def _counselors(bench: Workbench) -> QWidget:
    from mio_fidelity.gui.counselors_page import CounselorsPage

    return CounselorsPage(bench)


MAKERS: dict[str, Callable[[Workbench], QWidget]] = {
    STUDY: _study,
    PLAN: _plan,
    CONSENSUS: _consensus,
    RELIABILITY: _reliability,
    DRIFT: _drift,
    TRAINING: _training,
    MEETINGS: _meetings,
    COUNSELORS: _counselors,
}
