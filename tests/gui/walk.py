"""Every page and dialog of the program, one after the other, and every text in them."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QWidget,
)

from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.analysis.frozen import freeze
from mio_fidelity.coding import planned, rate
from mio_fidelity.coding.plan import Phase, Plan, Stratum
from mio_fidelity.errors import Sentence
from mio_fidelity.gui import places
from mio_fidelity.gui.assign_dialog import AssignDialog
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog, SubmitDialog
from mio_fidelity.gui.frozen_dialog import FrozenDialog
from mio_fidelity.gui.import_dialog import ImportDialog
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.plan_page import PlanPage
from mio_fidelity.gui.plan_work import draw_now
from mio_fidelity.gui.plans_dialog import PlansDialog
from mio_fidelity.gui.preferences_dialog import PreferencesDialog
from mio_fidelity.gui.reliability_page import ReliabilityPage
from mio_fidelity.gui.reliability_work import reopen
from mio_fidelity.gui.remark_box import RemarkBox
from mio_fidelity.gui.study_dialogs import AddRecordingDialog, NewStudyDialog
from mio_fidelity.gui.what_is_this import WhatIsThis
from tests.exchange.files import csv_file, long_rows
from tests.gui import (
    walk_backups,
    walk_consensus,
    walk_counselors,
    walk_drift,
    walk_keys,
    walk_meetings,
    walk_packages,
    walk_server,
    walk_study,
    walk_training,
    walk_vault,
)
from tests.gui.conftest import Coder
from tests.gui.plan_study import fill
from tests.gui.reliability_tables import score_table

# Every term is said; the phase has a name that is no word.
F1 = Plan(
    phases=(Phase("F1", 1, 9, None), Phase("F2", 10, 19)),
    coders=("R1", "R2"),
    double_share=0.5,
    double_by=tuple(Stratum),
    recodes=1,
    first_due=date(2031, 3, 1),
    per_week=3,
)


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Each page as it is shown, with its name."""
    window, study = coder.window, coder.study
    window.start.ask_which()
    window.pages.setCurrentWidget(window.start)
    yield "which study", window.start
    window.start.ask_phrase(study.folder)
    yield "pass phrase", window.start
    window.start.show_making(0.5)
    yield "making the demo", window.start
    yield from walk_keys.pages(coder)
    window._ask_who()
    yield "who", window.start
    window.start.signed_in.emit(study.people["R2"])
    yield "nothing assigned", window.queue
    window.start.signed_in.emit(study.people["S1"])
    yield "nothing assigned to the supervisor", window.queue
    yield from walk_study.pages(coder)
    yield from walk_backups.pages(coder)
    yield from _plan(coder)
    yield from _reliability(coder)
    yield from walk_counselors.nothing(coder)
    yield from walk_consensus.pages(coder)
    yield from walk_counselors.pages(coder)
    yield from walk_drift.pages(coder)
    yield from walk_meetings.pages(coder)
    yield from walk_training.pages(coder)
    window.start.signed_in.emit(study.people["R1"])
    yield "my sessions", window.queue
    coder.open()
    yield from walk_server.pages(coder)
    study.do(rate.mark_evidence, study.rating_id, coder.desk.instrument.scales[0].key, 1000, "")
    coder.page._refresh(frozenset({"evidence_mark"}))
    for tab in range(coder.page.tabs.count()):
        coder.page.tabs.setCurrentIndex(tab)
        yield f"rating, tab {tab}", coder.page
    coder.page.submit()
    yield "rating with something open", coder.page


def _plan(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """The page of assignment: with a preview, and with terms that have a problem."""
    coder.window.go(places.PLAN)
    page = coder.window.pages.currentWidget()
    assert isinstance(page, PlanPage)
    page.terms.phases.rows[-1].last.setValue(9999)
    coder.wait(lambda: page._drawn is not None, 10_000)
    yield "assignment", page
    page.terms.phases.rows[0].last.setValue(9)
    yield "assignment with phases that overlap", page
    page.terms.phases.rows[0].last.setValue(4)
    page.left.emit()


def _reliability(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """The page of reliability: without scores, with linked coders, with two groups of coders."""
    coder.window.go(places.RELIABILITY)
    page = coder.window.pages.currentWidget()
    assert isinstance(page, ReliabilityPage)
    coder.wait(page.empty_why.text)
    yield "reliability of nothing", page
    page.filter_button.setChecked(True)
    for groups in (1, 2):
        left_out = (("C01-1", "R01", Sentence("not submitted yet")),)
        page.show_table(score_table(24, 4, groups, left_out=left_out))
        coder.wait(lambda: page.sheet.figures.rowCount() and not page.sheet.figures.stale, 20_000)
        for tab in range(page.tabs.count()):
            page.tabs.setCurrentIndex(tab)
            page.overview.matrix.choose("R01")
            yield f"reliability, {groups} groups, tab {tab}", page
        page.tabs.setCurrentIndex(0)
        page.overview.opened.emit(3)
        coder.wait(lambda: page.detail.area.isEnabled(), 20_000)
        yield f"what stands behind a scale, {groups} groups", page
    page.left.emit()


def dialogs(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Each dialog as it is shown, with its name; a session is open."""
    bench, page = coder.window._bench, coder.page
    makers: dict[str, Callable[[], QWidget]] = {
        "new study": NewStudyDialog,
        "add a recording": lambda: AddRecordingDialog(bench),
        "preferences": lambda: PreferencesDialog(coder.settings),
        "keys": lambda: KeysDialog(coder.settings),
        "go to": lambda: GoToDialog(90_000),
        "submit": lambda: SubmitDialog(page.desk),
        "import ratings": lambda: ImportDialog(bench),
        "import ratings, checked": lambda: _checked_import(coder),
        "frozen figures": lambda: walk_keys.supervised(
            coder, lambda: FrozenDialog(bench, None, "", coder.window)
        ),
        "frozen figures, one": lambda: walk_keys.supervised(coder, lambda: _frozen(coder)),
        **walk_study.dialogs(bench),
        **walk_backups.dialogs(coder),
        **walk_consensus.dialogs(coder),
        **walk_keys.dialogs(coder),
        **walk_counselors.dialogs(coder),
        **walk_drift.dialogs(coder),
        **walk_meetings.dialogs(coder),
        **walk_training.dialogs(coder),
        **walk_vault.dialogs(coder),
        **walk_packages.dialogs(coder),
        **walk_server.dialogs(coder),
        "what is this": lambda: WhatIsThis("n"),
        "assign": lambda: _assign(coder),
        "earlier plans": lambda: _no_earlier(coder),
        "earlier plans, one": lambda: _earlier(coder),
        "amend": lambda: AmendDialog(page.desk, page.desk.instrument.scales[0].key),
    }
    for name, make in makers.items():
        dialog = make()
        coder.qtbot.addWidget(dialog)
        dialog.show()
        yield name, dialog
        dialog.hide()


def _assign(coder: Coder) -> AssignDialog:
    """Before a plan is carried out."""
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    study.do(fill, 2, range(1, 3), coders=0)
    drawn = draw_now(study.project, F1, 1, date.today(), lambda _: None, lambda: False)
    made = AssignDialog(coder.window._bench, drawn, coder.window)
    study.project.sign_in(who)
    return made


def _earlier(coder: Coder) -> PlansDialog:
    """With one line in the list; the sessions are those of `_assign`."""
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    study.do(planned.carry_out, F1, 1, date.today())
    made = PlansDialog(coder.window._bench, coder.window)
    study.project.sign_in(who)
    return made


def _no_earlier(coder: Coder) -> PlansDialog:
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    made = PlansDialog(coder.window._bench, coder.window)
    study.project.sign_in(who)
    return made


def _checked_import(coder: Coder) -> ImportDialog:
    """After the dry run of a file with bad rows."""
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    made = ImportDialog(coder.window._bench)
    made.show()
    bad = [("C09-1", "R1", "warm_regard", "fidelity", 8), ("C09-1", "R1", "no_scale", "fidelity", 3)]
    made.file.setText(str(csv_file(coder.study.folder / "ratings.csv", [*long_rows(), *bad])))
    made.accept()
    coder.wait(lambda: made.problems.count() and not made.progress.isVisible(), 10_000)
    study.project.sign_in(who)
    return made


def _frozen(coder: Coder) -> FrozenDialog:
    """With one line in the list."""
    table = score_table(12, 2)
    findings = compute(table, Options(replicates=30))
    coder.window._bench.do(freeze, findings, "F1", table)
    made = reopen(table, findings, lambda _: None, lambda: False)
    return FrozenDialog(coder.window._bench, made, "", coder.window)


def all_widgets(top: QWidget) -> list[QWidget]:
    """``top`` and everything in it that somebody can come to see, but not the insides of Qt's own widgets."""
    return [
        each
        for each in (top, *top.findChildren(QWidget))
        if not each.objectName().startswith("qt_") and not isinstance(each.parent(), QAbstractSpinBox)
    ]


def texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Each text of one widget, with what it is."""
    yield "window title", widget.windowTitle()
    yield "tool tip", widget.toolTip()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QGroupBox | QMenu):
        yield "title", widget.title()
    if isinstance(widget, QAbstractSpinBox):
        yield "text", widget.text()
    for action in widget.actions():
        yield "action", action.text()
    if isinstance(widget, QComboBox):
        for item in range(widget.count()):
            yield "item", widget.itemText(item)
    if isinstance(widget, RemarkBox):
        yield "text", widget.toPlainText()
    if isinstance(widget, QTabWidget | QTabBar):
        for tab in range(widget.count()):
            yield "tab", widget.tabText(tab)
    if isinstance(widget, QAbstractItemView) and not isinstance(widget.parent(), QComboBox):
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model: Any = view.model()
    # A list has neither columns that can be asked for nor a header.
    if isinstance(view, QListWidget):
        yield from (("cell", view.item(row).text()) for row in range(view.count()))
        return
    if model is None:
        return
    for column in range(model.columnCount()):
        for row in range(model.rowCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield "cell", str(model.index(row, column).data(role) or "")
        yield "header", str(model.headerData(column, Qt.Orientation.Horizontal) or "")
