"""A server that goes away while somebody rates, seen through the window and a real way in.

Nobody tells the window to look: it finds out by itself, as in a lab.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mio_fidelity.answer import rated
from mio_fidelity.coding import offline, people, rate
from mio_fidelity.errors import UserError
from mio_fidelity.gui import places, theme
from mio_fidelity.gui.connect_dialog import ConnectDialog
from mio_fidelity.gui.main_window import MainWindow
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.settings import Settings
from mio_fidelity.store import Project, Purpose
from mio_fidelity.store.profile import read_profile
from tests.conftest import OpenStudy
from tests.gui.conftest import QUIET, Coder
from tests.postgres import PASSWORD, Postgres, binaries
from tests.relay import Relay
from tests.store.on_server import on_server, study_on

pytestmark = [
    QUIET,
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
]

LONG_MS = 30_000
FIRST, SECOND, THIRD = ("warm_regard", "fidelity"), ("warm_regard", "competence"), ("child_mind", "fidelity")
CANARY = "qzxj-typed-on-the-train"


@pytest.fixture
def study(server: Postgres, tmp_path: Path, long_recording: Path) -> Iterator[OpenStudy]:
    """In place of the one in a folder; R2 has the session too."""
    with study_on(server, tmp_path / "remote", long_recording) as found:
        found.assign("R2", Purpose.RELIABILITY)
        yield found


@pytest.fixture
def lab(
    study: OpenStudy, settings: Settings, tmp_path: Path, qtbot: Any, qapp: QApplication
) -> Iterator[Coder]:
    """The program just started, with nothing open; connections are kept in a place of their own."""
    theme.apply(qapp, "light")
    study.project.close()
    main = started(settings, qtbot)
    yield Coder(main, study, settings, qtbot)
    main.close()


def started(settings: Settings, qtbot: Any) -> MainWindow:
    main = MainWindow(Workbench(settings))
    qtbot.addWidget(main)
    main.show()
    main.activateWindow()
    qtbot.waitUntil(main.isActiveWindow, timeout=LONG_MS)
    return main


def connect(lab: Coder, root: Path, port: int | None = None) -> None:
    """Through the dialog, as R1."""
    where = read_profile(lab.study.project.place)
    dialog = ConnectDialog(lab.window._bench, lab.window, root)
    dialog.connected.connect(lab.window.entrance.take)
    dialog.open()
    for field, words in (
        (dialog.name, "Lab"),
        (dialog.host, where.host),
        (dialog.database, where.database),
        (dialog.user, where.user),
        (dialog.password, PASSWORD),
    ):
        field.setText(words)
    dialog.port.setValue(port or where.port)
    dialog.protection.setCurrentIndex(dialog.protection.findData("prefer"))
    dialog.go.click()
    lab.wait(lambda: lab.window._bench.has_project, LONG_MS)
    sign_in(lab)


def sign_in(lab: Coder, code: str = "R1") -> None:
    lab.study.project = lab.window.current_project()
    # No window manager does it when the dialog is gone.
    lab.window.activateWindow()
    lab.wait(lab.window.isActiveWindow, LONG_MS)
    lab.window.start.signed_in.emit(lab.study.people[code])
    lab.wait(lambda: on_server(lab.study).bridge and on_server(lab.study).bridge.replica, LONG_MS)
    if code == "R1":
        lab.open()


def notice(lab: Coder) -> str:
    notices = lab.window.care.notices
    return notices.sentence.text() if notices.isVisible() else ""


def shown(lab: Coder, slot: tuple[str, str]) -> Any:
    """What the form shows, wherever that is kept."""
    return lab.page.desk.answers.get(slot)


def trail(place: Path) -> list[tuple[str, str]]:
    """Verb and table of every line about ratings, as another computer finds them."""
    with Project.open(place, PASSWORD) as elsewhere:
        study = OpenStudy(elsewhere, {}, "", "", "", place)
        assert elsewhere.sound()
        return [(line.verb, line.table_name) for line in study.audit()]


def test_a_coder_goes_on_through_a_server_that_fails_and_comes_back(
    lab: Coder, server: Postgres, tmp_path: Path
) -> None:
    place = lab.study.project.place
    connect(lab, tmp_path / "servers")
    lab.press("3")
    lab.wait(lambda: "✔ saved" in lab.page.foot.saved.text(), LONG_MS)
    before = trail(place)

    server.stop("immediate")
    lab.press("5")
    assert shown(lab, FIRST) == rated(5)
    assert "kept on this computer" in lab.page.foot.saved.text()
    assert "waits for the server" in lab.page.foot.saved.text()
    assert "Go on rating" in notice(lab)
    lab.press(Qt.Key.Key_Tab, "2")
    assert shown(lab, SECOND) == rated(2)
    lab.press("m")
    lab.write(CANARY)
    lab.press(Qt.Key.Key_Return)
    assert [mark.note for mark in lab.page.desk.marks] == [CANARY]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "servers").rglob("*") if path.is_file())
    assert b"set_answer" not in kept
    assert CANARY.encode() not in kept
    # What is not her own work waits, and says so.
    with pytest.raises(UserError, match="has to wait"):
        lab.study.project.do(people.set_coverage_share, 0.5)

    server.start()
    lab.wait(lambda: not on_server(lab.study).away, LONG_MS)
    lab.wait(lambda: "The server is back" in notice(lab), LONG_MS)
    assert "waits" not in lab.page.foot.saved.text()
    arrived = trail(place)[len(before) :]
    assert [verb for verb, table in arrived if table == "score"] == ["set_answer", "set_answer"]
    assert [verb for verb, table in arrived if table == "evidence_mark"][:1] == ["mark_evidence"]
    assert (lab.answer(*FIRST), lab.answer(*SECOND)) == (rated(5), rated(2))
    assert [mark.note for mark in lab.desk.marks] == [CANARY]
    assert not list((tmp_path / "servers").rglob("*.journal"))


def test_the_program_is_closed_without_a_server_and_opened_again_later(
    lab: Coder, server: Postgres, tmp_path: Path, qtbot: Any
) -> None:
    connect(lab, tmp_path / "servers")
    server.stop("immediate")
    lab.press("6")
    assert shown(lab, FIRST) == rated(6)
    lab.window.close()
    (journal,) = (tmp_path / "servers").rglob("*.journal")

    # Still away: nothing opens, nothing is lost, and it says so.
    lab.window = started(lab.settings, qtbot)
    start = lab.window.start
    start.ask_phrase(tmp_path / "servers" / "Lab")
    start.passphrase.setText(PASSWORD)
    start.unlock_button.click()
    lab.wait(lambda: "kept on this computer" in start.message.text(), LONG_MS)
    assert journal.is_file()

    server.start()
    start.passphrase.setText(PASSWORD)
    start.unlock_button.click()
    lab.wait(lambda: lab.window._bench.has_project, LONG_MS)
    sign_in(lab)
    assert "has arrived" in notice(lab)
    assert lab.answer(*FIRST) == rated(6)
    assert not journal.exists()
    lab.window.close()


def test_another_coder_rates_while_only_this_one_is_cut_off(
    lab: Coder, server: Postgres, tmp_path: Path
) -> None:
    wire = Relay(server.port)
    try:
        place = lab.study.project.place
        connect(lab, tmp_path / "servers", wire.port)
        wire.cut()
        lab.press("4")
        assert shown(lab, FIRST) == rated(4)
        assert on_server(lab.study).away
        with Project.open(place, PASSWORD) as elsewhere:
            elsewhere.sign_in(lab.study.people["R2"])
            (hers,) = OpenStudy(elsewhere, {}, "", "", "", place).sql(
                "SELECT id FROM rating WHERE person_id = :id", id=lab.study.people["R2"]
            )
            elsewhere.do(rate.begin, hers[0])
            elsewhere.do(rate.set_answer, hers[0], *FIRST, rated(1))
        wire.mend()
        lab.wait(lambda: not on_server(lab.study).away, LONG_MS)
        assert lab.answer(*FIRST) == rated(4)
        found = lab.study.sql("SELECT value FROM score WHERE dimension = 'fidelity' ORDER BY value")
        assert [row[0] for row in found] == [1, 4]
        assert "not stored" not in notice(lab)
    finally:
        wire.end()


def test_a_supervisor_is_told_and_her_pages_come_back(
    lab: Coder, server: Postgres, tmp_path: Path, qtbot: Any
) -> None:
    connect(lab, tmp_path / "servers")
    lab.page.close_rating()
    sign_in(lab, "S1")
    for place in (places.STUDY, places.CONSENSUS, places.RELIABILITY):
        lab.window.go(place)
    with qtbot.captureExceptions() as raised:
        server.stop("immediate")
        lab.wait(lambda: "does not answer" in notice(lab), LONG_MS)
        for place in (places.STUDY, places.CONSENSUS, places.RELIABILITY, places.QUEUE):
            lab.window.places.chosen.emit(place)
    # The window shows these as sentences.
    assert {kind for kind, _, _ in raised} <= {UserError}
    server.start()
    lab.wait(lambda: not on_server(lab.study).away, LONG_MS)
    lab.window.go(places.STUDY)
    lab.wait(lambda: "does not answer" not in notice(lab), LONG_MS)
    assert lab.study.ask(people.roster)


def test_rows_fetched_before_an_answer_do_not_take_its_place(study: OpenStudy, server: Postgres) -> None:
    """An answer given while rows are fetched beside the work is not taken back when the server goes away."""
    project = on_server(study)
    bridge = project.begin_bridge(offline.bridged())
    bridge.take_fetched(project.fetch_rows(), bridge.turn)
    turn, early = bridge.turn, project.fetch_rows()
    study.set(*FIRST, rated(3))
    bridge.take_fetched(early, turn)
    assert bridge.behind
    server.stop("immediate")
    study.set(*FIRST, rated(6))
    assert study.answer(*FIRST) == rated(6)
    server.start()
    assert project.hand_in().refused == ()
    assert study.answer(*FIRST) == rated(6)
