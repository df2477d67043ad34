"""Every page and dialog of the program, one after the other, and every text in them."""

from collections.abc import Callable, Iterator
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
    QMenu,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from mio_fidelity.coding import rate
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog, SubmitDialog
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.preferences_dialog import PreferencesDialog
from mio_fidelity.gui.study_dialogs import AddRecordingDialog, NewStudyDialog
from tests.gui.conftest import Coder


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
    window._ask_who()
    yield "who", window.start
    window.start.signed_in.emit(study.people["R2"])
    yield "nothing assigned", window.queue
    window.start.signed_in.emit(study.people["S1"])
    yield "nothing assigned to the supervisor", window.queue
    window.start.signed_in.emit(study.people["R1"])
    yield "my sessions", window.queue
    coder.open()
    study.do(rate.mark_evidence, study.rating_id, coder.desk.instrument.scales[0].key, 1000, "")
    coder.page._refresh(frozenset({"evidence_mark"}))
    for tab in range(coder.page.tabs.count()):
        coder.page.tabs.setCurrentIndex(tab)
        yield f"rating, tab {tab}", coder.page
    coder.page.submit()
    yield "rating with something open", coder.page


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
        "amend": lambda: AmendDialog(page.desk, page.desk.instrument.scales[0].key),
    }
    for name, make in makers.items():
        dialog = make()
        coder.qtbot.addWidget(dialog)
        dialog.show()
        yield name, dialog
        dialog.hide()


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
    if isinstance(widget, QTabWidget):
        for tab in range(widget.count()):
            yield "tab", widget.tabText(tab)
    if isinstance(widget, QAbstractItemView) and not isinstance(widget.parent(), QComboBox):
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model: Any = view.model()
    if model is None:
        return
    for column in range(model.columnCount()):
        for row in range(model.rowCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield "cell", str(model.index(row, column).data(role) or "")
        yield "header", str(model.headerData(column, Qt.Orientation.Horizontal) or "")
