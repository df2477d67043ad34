"""A coder's whole window, looked through for anything she must not know of her sessions."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractListModel, QByteArray, QMimeData, QModelIndex, QObject, Qt, QUrl
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QTabBar,
    QWidget,
)

from mio_fidelity.coding import rate
from mio_fidelity.coding.desk import Progress
from mio_fidelity.gui import app
from mio_fidelity.gui.dialogs import AmendDialog, GoToDialog, SubmitDialog
from mio_fidelity.gui.keys_dialog import KeysDialog
from mio_fidelity.gui.preferences_dialog import PreferencesDialog
from tests.conftest import Made
from tests.flows import canaries
from tests.flows.canaries import CANARIES, OTHER_PEOPLE, PURPOSE_WORDS, CanaryStudy
from tests.gui.conftest import QUIET, Coder

pytestmark = QUIET
Key = Qt.Key
Found = list[tuple[str, str]]
# Where copying is tried from everything that takes the keyboard.
COPIED_FROM = ("my sessions", "a submitted rating", "double as it is opened", "all rated")
# Qt's own roles of items, and those that models here use.
ROLES = (*range(16), *range(int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 16))


# When something was saved.
CLOCK = re.compile(r"\d\d:\d\d:\d\d")
LONG_CANARIES = (
    *canaries.ARMS,
    *canaries.SITES,
    *canaries.COUNSELORS,
    *canaries.CLIENTS,
    canaries.PEER_NOTE,
    canaries.PEER_MARK,
    canaries.PEER_REASON,
    "qzxj-file",
    "awaited-qzxj",
    "discuss-qzxj",
    "meeting-qzxj",
    "consensus-qzxj",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, dict[str, str]]:
    return canaries.build(tmp_path_factory.mktemp("canaries"))


@pytest.fixture
def made(tmp_path: Path, built: tuple[Made, dict[str, str]]) -> CanaryStudy:
    return canaries.copy(built, tmp_path)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything that the program keeps outside the study goes."""
    place = tmp_path / "home"
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "TMPDIR"):
        (place / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(place / name))
    return place


@pytest.fixture
def study(made: CanaryStudy, home: Path) -> Iterator[Any]:
    """In place of the usual study of the window."""
    yield made.study
    made.study.project.close()


@pytest.fixture
def look(window: Coder, made: CanaryStudy) -> Coder:
    QGuiApplication.clipboard().clear()
    return window


def shown_in(top: QObject) -> Iterator[tuple[str, str]]:
    """Every text that ``top`` and what belongs to it hold, whatever property, role or name it hides in."""
    for each in (top, *top.findChildren(QObject)):
        # A player has to know its file.
        if type(each).__module__ == "PySide6.QtMultimedia":
            continue
        kind = type(each).__name__
        about = each.metaObject()
        for at in range(about.propertyCount()):
            name = about.property(at).name()
            # The style sheet is the program's own, and long.
            if name != "styleSheet":
                yield from ((f"{kind}.{name}", text) for text in words(each.property(name)))
        for name in (bytes(name.data()).decode() for name in each.dynamicPropertyNames()):
            # What Qt's style keeps for itself cannot be read in Python.
            with suppress(RuntimeError):
                yield from ((f"{kind}.{name}", text) for text in words(each.property(name)))
        if isinstance(each, QTabBar):
            for at in range(each.count()):
                yield f"{kind}.tab", each.tabText(at)
                yield f"{kind}.tab", each.tabToolTip(at)
                yield from ((f"{kind}.tab", text) for text in words(each.tabData(at)))
        if isinstance(each, QAbstractItemView) and each.model() is not None:
            yield from cells(each)


def words(value: object) -> Iterator[str]:
    """The texts in a value of Qt or of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, QUrl):
        yield value.toString()
    elif isinstance(value, QByteArray | bytes):
        yield bytes(value.data() if isinstance(value, QByteArray) else value).decode("utf-8", "replace")
    elif isinstance(value, list | tuple):
        for each in value:
            yield from words(each)
    elif value is not None and type(value).__module__.startswith("mio_fidelity"):
        yield repr(value)


def columns_of(model: Any, parent: QModelIndex) -> int:
    """How many columns; Qt does not let a list be asked."""
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)


def cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    """Every item of a view, in every role, and its headers."""
    model, kind = view.model(), type(view).__name__
    waiting = [view.rootIndex()]
    while waiting:
        parent = waiting.pop()
        for row in range(model.rowCount(parent)):
            for column in range(max(1, columns_of(model, parent))):
                index = model.index(row, column, parent)
                for role in ROLES:
                    yield from ((f"{kind} item", text) for text in words(index.data(role)))
                if column == 0:
                    waiting.append(index)
    for way in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical):
        wide = columns_of(model, view.rootIndex())
        count = wide if way is Qt.Orientation.Horizontal else model.rowCount()
        for at in range(count):
            for role in ROLES:
                yield from ((f"{kind} header", text) for text in words(model.headerData(at, way, role)))


def said_aloud(top: QWidget) -> Iterator[tuple[str, str]]:
    """All that a screen reader can reach, of what is in sight."""
    waiting, seen = [QAccessible.queryAccessibleInterface(top)], 0
    while waiting and seen < 5000:
        one = waiting.pop()
        if one is None or not one.isValid() or one.state().invisible:
            continue
        seen += 1
        for text in QAccessible.Text:
            if text is not QAccessible.Text.UserText:
                yield "screen reader", one.text(text)
        waiting += [one.child(at) for at in range(one.childCount())]


def copied(top: QWidget) -> Iterator[tuple[str, str]]:
    """What gets to the clipboard from whatever takes the keyboard."""
    board = QGuiApplication.clipboard()
    for each in top.findChildren(QWidget):
        if each.isVisible() and each.isEnabled() and each.focusPolicy() != Qt.FocusPolicy.NoFocus:
            each.setFocus()
            QTest.keyClick(each, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(each, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            held = board.mimeData()
            yield from (("clipboard", text) for text in in_mime(held))


def in_mime(held: QMimeData) -> Iterator[str]:
    for kind in held.formats():
        yield kind
        yield bytes(held.data(kind).data()).decode("utf-8", "replace")


def everything(coder: Coder, copy: bool = False) -> Found:
    """All texts of the program as it is, in sight or not."""
    found: Found = []
    for top in QApplication.topLevelWidgets():
        found += shown_in(top)
        if top.isVisible():
            found += said_aloud(top)
    found += [("program", QGuiApplication.applicationDisplayName())]
    found += [("title", window.title()) for window in QGuiApplication.allWindows()]
    found += [("file path", window.filePath()) for window in QGuiApplication.allWindows()]
    if copy:
        found += copied(coder.window)
    return found


def given_away(found: Found, secrets: tuple[str, ...]) -> Found:
    return [
        (where, text[:80])
        for where, text in found
        if any(secret.lower() in text.lower() for secret in secrets)
    ]


def walk(coder: Coder, made: CanaryStudy) -> Iterator[str]:
    """Everything that a coder can open, one after the other; the name of each."""
    yield "my sessions"
    for row in coder.window.queue.model.rows:
        if row.progress is Progress.SUBMITTED:
            coder.open(row.rating_id)
            yield "a submitted rating"
            yield from dialog(coder, coder.page.submit, AmendDialog)
            coder.page.leave()
            break
    for kind, rating_id in made.ratings.items():
        coder.open(rating_id)
        yield f"{kind} as it is opened"
        if kind == "double again":
            yield from at_work(coder)
        coder.page.leave()
    coder.window.queue.open()
    yield "my sessions, some begun"
    yield from dialog(coder, coder.window.queue.preferences.click, PreferencesDialog)
    coder.window.queue.switch.click()
    yield "who"


def at_work(coder: Coder) -> Iterator[str]:
    page, scale = coder.page, coder.desk.instrument.scales[0]
    page.listening.change_volume(-10)
    for tab in range(page.tabs.count()):
        page.tabs.setCurrentIndex(tab)
        yield f"tab {tab}"
    page.submit()
    yield "submitting with something open"
    coder.study.do(rate.mark_evidence, coder.study.rating_id, scale.key, 1_000, "word")
    coder.study.answer_all(3)
    page._refresh(frozenset({"score", "evidence_mark"}))
    yield "all rated"
    for opens, kind in (
        (page.submit, SubmitDialog),
        (page.go_to_time, GoToDialog),
        (page.show_keys, KeysDialog),
        (page.show_preferences, PreferencesDialog),
    ):
        yield from dialog(coder, opens, kind)
    for menu in page.findChildren(QMenu):
        menu.popup(page.mapToGlobal(page.rect().center()))
        yield "a menu"
        menu.close()


def dialog(coder: Coder, opens: Any, kind: type[QWidget]) -> Iterator[str]:
    opens()
    shown = [each for each in coder.window.findChildren(kind) if each.isVisible()]
    assert len(shown) == 1, kind.__name__
    yield kind.__name__
    shown[0].close()
    coder.wait(lambda: not [each for each in coder.window.findChildren(kind) if each.isVisible()])


def test_nothing_a_coder_can_open_gives_a_session_away(look, made, capfd, qtlog):
    visited, looked = [], 0
    for name in walk(look, made):
        found = everything(look, copy=name in COPIED_FROM)
        looked += len(found)
        assert (name, given_away(found, CANARIES)) == (name, [])
        if name != "who":
            assert (name, given_away(list(said_aloud(look.window)), OTHER_PEOPLE)) == (name, [])
        visited.append(name)
    assert len(visited) >= 20
    assert looked > 10_000
    heard = capfd.readouterr()
    said = [("stdout", heard.out), ("stderr", heard.err), *(("log", each.message) for each in qtlog.records)]
    assert given_away(said, CANARIES) == []


def test_the_canaries_would_be_found(look, made):
    """The search itself: whatever a supervisor's window shows, it finds."""
    label = QLabel("x", look.window)
    for tell in (label.setText, label.setToolTip, label.setStatusTip, label.setAccessibleDescription):
        tell("client QZX71")
        assert given_away(everything(look), CANARIES)
        tell("")
    look.window.queue.model.rows = tuple(
        replace(row, blind_code=f"S-{canaries.FIRST_NUMBER}") for row in look.window.queue.model.rows
    )
    assert given_away(everything(look), CANARIES)


def test_every_kind_of_session_is_shown_in_the_same_way(look, made):
    pictures = {}
    for kind, rating_id in made.ratings.items():
        look.open(rating_id)
        look.wait(lambda: look.page.listening._peaks)
        pictures[kind] = plain(look)
        look.page.leave()
    first = pictures["production"]
    assert len(first) > 500
    different = {kind: set(picture) ^ set(first) for kind, picture in pictures.items()}
    assert {kind: texts for kind, texts in different.items() if texts} == {}


def plain(coder: Coder) -> Found:
    """What the page shows of a session, but for its code and its place among the others."""
    desk = coder.desk
    place = f"{desk.place[0]} of {desk.place[1]}" if desk.place else ""
    told: Found = []
    for where, text in (*shown_in(coder.page), *said_aloud(coder.page)):
        for own, instead in ((desk.blind_code, "CODE"), (desk.rating_id, "ID"), (place, "PLACE")):
            text = text.replace(own, instead)
        told.append((where, CLOCK.sub("CLOCK", text)))
    return told


def test_the_lines_of_the_list_differ_in_their_code_only(look, made):
    model = look.window.queue.model
    waiting = [at for at, row in enumerate(model.rows) if row.progress is Progress.ASSIGNED]
    assert len(waiting) == len(made.ratings)
    lines = {
        tuple(
            str(model.index(row, column).data(role))
            for column in range(1, model.columnCount())
            for role in ROLES
        )
        for row in waiting
    }
    assert len(lines) == 1


def test_no_word_on_the_list_says_what_a_session_is_for(look):
    page = look.window.queue
    told = [text for _, text in said_aloud(page)]
    assert page.model.rows[0].blind_code in " ".join(told)
    assert given_away([("aloud", text) for text in told], PURPOSE_WORDS) == []
    assert given_away([("window", look.window.windowTitle())], PURPOSE_WORDS) == []


def test_nothing_of_a_session_is_kept_outside_the_study(look, made, home):
    assert sum(1 for _ in walk(look, made)) > 10
    look.window.close()
    for file in filter(Path.is_file, home.rglob("*")):
        assert_says_nothing(str(file.relative_to(home)).encode())
        assert_says_nothing(file.read_bytes())
    assert_says_nothing(look.settings._path.read_bytes())
    inside = list(filter(Path.is_file, look.study.folder.rglob("*")))
    assert len(inside) > 10
    for file in inside:
        # The recordings themselves lie there under the names they came with.
        if file.parent.name != "recordings":
            assert_says_nothing(file.name.encode() + file.read_bytes())


def assert_says_nothing(data: bytes) -> None:
    # Whole words, for a few letters occur in an encrypted file by chance.
    assert [word for word in LONG_CANARIES if word.encode() in data] == []


def test_a_report_of_an_error_says_nothing_of_the_study(look, made, home, capfd, qtbot):
    client = canaries.CLIENTS[0]
    try:
        raise LookupError(f"no recording of {client} in {made.study.folder}")
    except LookupError as error:
        app._report(type(error), error, error.__traceback__)
    kept = list((home / "XDG_STATE_HOME").rglob("error-*.txt"))
    assert len(kept) == 1
    assert_says_nothing(kept[0].read_bytes())
    assert_says_nothing(capfd.readouterr().err.encode())
    assert given_away(everything(look), CANARIES) == []
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QMessageBox):
            box.close()


def test_a_coder_has_no_way_to_what_supervisors_see(look):
    window = look.window
    for key in (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4, Key.Key_5):
        look.press(key, mod=Qt.KeyboardModifier.AltModifier)
        assert window.pages.currentWidget() is window.queue
    assert not window.places.isVisible()
    assert window.supervisor == {}
    offered = {each.text() for each in window.findChildren(QPushButton) if each.isVisible()}
    assert offered == {"Somebody else…", "Preferences…", "My pass phrase…", "Lock", "All keys…", "Start"}
    look.open()
    assert not window.places.isVisible()
    words = " ".join(each.text().lower() for each in window.findChildren(QAbstractButton) if each.isVisible())
    assert [word for word in ("export", "copy", "reliab", "assign", "consensus") if word in words] == []


def test_a_supervisor_has_them(look, made):
    look.window.start.signed_in.emit(made.study.people[canaries.LEADER])
    assert look.window.places.isVisible()
