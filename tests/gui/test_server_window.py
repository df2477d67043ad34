"""A study on a real server in the program's window: connecting, the server going away, and coming back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from mio_fidelity.gui.connect_dialog import ConnectDialog
from mio_fidelity.gui.refused_dialog import RefusedDialog
from mio_fidelity.store import Project
from mio_fidelity.store.profile import profiles, read_profile
from tests.conftest import OpenStudy
from tests.gui.conftest import QUIET, Coder
from tests.postgres import PASSWORD, ROOT, Postgres, binaries
from tests.store.on_server import on_server, study_on

pytestmark = [
    QUIET,
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
]

WARM = ("warm_regard", "fidelity")
LONG_MS = 60_000


@pytest.fixture
def study(server: Postgres, tmp_path: Path, long_recording: Path) -> Iterator[OpenStudy]:
    """In place of the one in a folder."""
    with study_on(server, tmp_path / "remote", long_recording) as found:
        yield found


def ready(coder: Coder) -> None:
    """Wait until the window could go on without the server."""
    project = on_server(coder.study)
    coder.wait(lambda: project.bridge and project.bridge.replica, timeout=15000)


def looked(coder: Coder) -> None:
    """Look at once, and not when the clock says so."""
    watch = coder.window.watch
    coder.wait(lambda: watch._job is None, timeout=15000)
    with coder.qtbot.waitSignal(watch.looked, timeout=20000):
        watch.look()


def notice(coder: Coder) -> str:
    return coder.window.care.notices.sentence.text()


def test_a_server_stopped_and_started_while_somebody_rates(coder: Coder, server: Postgres) -> None:
    ready(coder)
    coder.press("3")
    assert coder.answer(*WARM) == rated(3)
    server.stop()
    coder.press("5")
    # Shown only when it is kept.
    assert coder.page.desk.answers[WARM] == rated(5)
    assert "waits for the server" in coder.page.foot.saved.text()
    assert "Go on rating" in notice(coder)
    assert "open it once more on this computer, under your own name" in notice(coder)
    coder.page.notes.setPlainText("typed on the train")
    coder.page._store_notes()
    coder.page.mark_evidence()
    coder.press(Qt.Key.Key_Escape)
    looked(coder)
    assert on_server(coder.study).away

    server.start()
    looked(coder)
    coder.wait(lambda: not on_server(coder.study).away, timeout=15000)
    assert "The server is back" in notice(coder)
    assert "waits" not in coder.page.foot.saved.text()
    assert (coder.answer(*WARM), coder.desk.notes) == (rated(5), "typed on the train")
    assert [line.verb for line in coder.study.audit()].count("set_answer") == 2
    assert coder.study.project.sound()


def test_what_was_rated_without_a_server_arrives_when_the_program_is_started_again(
    coder: Coder, server: Postgres
) -> None:
    ready(coder)
    server.stop()
    coder.press("6")
    assert coder.page.desk.answers[WARM] == rated(6)
    place = coder.study.project.place
    coder.window._leave_study()
    server.start()
    coder.study.project = Project.open(place, PASSWORD)
    coder.window.show_project(coder.study.project)
    coder.window.start.signed_in.emit(coder.study.people["R1"])
    assert "arrived: 1 entries" in notice(coder)
    assert coder.answer(*WARM) == rated(6)


def test_a_damaged_journal_is_told_and_the_study_opens(coder: Coder, server: Postgres) -> None:
    ready(coder)
    server.stop()
    coder.press("6")
    place = coder.study.project.place
    coder.window._leave_study()
    (path,) = (place / "journal").glob("*.journal")
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    server.start()
    coder.study.project = Project.open(place, PASSWORD)
    coder.window.show_project(coder.study.project)
    coder.window.start.signed_in.emit(coder.study.people["R1"])
    assert "may be missing: look at your latest ratings" in notice(coder)
    assert path.with_name(path.name + ".damaged").read_bytes() == damaged
    assert not path.exists()
    assert coder.window.queue.isVisible()


def change_on_both_sides(coder: Coder, server: Postgres) -> None:
    """An answer given without the server, and another one given there before the first arrives."""
    ready(coder)
    server.stop()
    coder.press("6")
    server.start()
    with Project.open(coder.study.project.place, PASSWORD) as elsewhere:
        elsewhere.sign_in(coder.study.people["R1"])
        elsewhere.do(rate.set_answer, coder.study.rating_id, *WARM, rated(2))
    looked(coder)


def test_what_was_changed_meanwhile_is_shown_until_it_is_dealt_with(coder: Coder, server: Postgres) -> None:
    change_on_both_sides(coder, server)
    coder.wait(lambda: not on_server(coder.study).away, timeout=15000)
    assert coder.page.desk.answers[WARM] == rated(2)
    coder.window.care.notices.put_away()
    assert "not stored there" in notice(coder)
    coder.window.watch.show_refused()
    (dialog,) = coder.window.findChildren(RefusedDialog)
    assert "rated:6" in dialog.list.item(0).text()
    assert "changed elsewhere" in dialog.list.item(0).text()
    dialog.accept()
    bridge = on_server(coder.study).bridge
    assert bridge is not None
    assert bridge.refused() == ()


def test_what_the_server_did_not_take_is_told_to_whoever_did_it_alone(coder: Coder, server: Postgres) -> None:
    change_on_both_sides(coder, server)
    coder.wait(lambda: not on_server(coder.study).away, timeout=LONG_MS)
    assert "The server is back" in notice(coder)
    coder.window._ask_who()
    coder.window.start.signed_in.emit(coder.study.people["R2"])
    assert not coder.window.care.notices.isVisible()
    coder.window._ask_who()
    coder.window.start.signed_in.emit(coder.study.people["R1"])
    assert "not stored there" in notice(coder)


def test_who_signs_in_again_still_reads_what_was_said(coder: Coder, server: Postgres) -> None:
    ready(coder)
    server.stop()
    coder.press("6")
    server.start()
    looked(coder)
    coder.wait(lambda: not on_server(coder.study).away, timeout=LONG_MS)
    coder.window._ask_who()
    coder.window.start.signed_in.emit(coder.study.people["R1"])
    assert coder.window.care.notices.isVisible()
    assert "arrived: 1 entries" in notice(coder)


def test_what_others_change_is_seen(coder: Coder) -> None:
    ready(coder)
    looked(coder)
    with Project.open(coder.study.project.place, PASSWORD) as elsewhere:
        elsewhere.sign_in(coder.study.people["S1"])
        elsewhere.do(_rename, "A new title")
    with coder.qtbot.waitSignal(coder.window._bench.changed, timeout=10000):
        coder.window.watch.look()


def _rename(db, title: str) -> None:
    from mio_fidelity.store.models import Study

    db.query(Study).one().title = title


@pytest.fixture
def dialog(window: Coder, tmp_path: Path) -> ConnectDialog:
    """Filled in, with connections kept in a place of its own."""
    where = read_profile(window.study.project.place)
    made = ConnectDialog(window.window._bench, window.window, tmp_path / "servers")
    made.open()
    made.name.setText("Lab")
    made.host.setText(where.host)
    made.port.setValue(where.port)
    made.database.setText(where.database)
    made.user.setText(ROOT)
    made.password.setText(PASSWORD)
    made.protection.setCurrentIndex(made.protection.findData("prefer"))
    return made


def settled(window: Coder, dialog: ConnectDialog) -> str:
    window.wait(lambda: not dialog.busy, timeout=20000)
    return dialog.report.text()


def test_a_connection_is_tried_and_kept_without_its_password(
    window: Coder, dialog: ConnectDialog, tmp_path: Path
) -> None:
    dialog.attempt.click()
    assert settled(window, dialog).startswith("✔")
    (kept,) = profiles(tmp_path / "servers")
    assert kept.name == "Lab"
    assert PASSWORD not in (kept / "server.json").read_text()
    again = ConnectDialog(window.window._bench, window.window, tmp_path / "servers")
    assert (again.name.text(), again.user.text(), again.host.text()) == ("Lab", ROOT, "127.0.0.1")
    again.deleteLater()


def test_a_connection_that_is_kept_is_not_written_over(
    window: Coder, dialog: ConnectDialog, tmp_path: Path
) -> None:
    dialog.attempt.click()
    settled(window, dialog)
    before = (tmp_path / "servers" / "Lab" / "server.json").read_bytes()
    # The same dialog tries again what it has kept.
    dialog.attempt.click()
    assert settled(window, dialog).startswith("✔")
    another = ConnectDialog(window.window._bench, window.window, tmp_path / "servers")
    another.open()
    another.known.setCurrentIndex(0)
    for field, words in ((another.name, "Lab"), (another.host, "elsewhere.invalid"), (another.user, ROOT)):
        field.setText(words)
    another.database.setText("another")
    another.attempt.click()
    assert "called Lab already" in settled(window, another)
    assert (tmp_path / "servers" / "Lab" / "server.json").read_bytes() == before
    another.name.setText("Lab two")
    another.attempt.click()
    assert "No computer of this name" in settled(window, another)
    assert {folder.name for folder in profiles(tmp_path / "servers")} == {"Lab", "Lab two"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda dialog: dialog.host.setText("no-such-host.invalid"), "No computer of this name"),
        (lambda dialog: dialog.port.setValue(1), "no database server does"),
        (lambda dialog: dialog.password.setText("wrong"), "does not accept"),
        (lambda dialog: dialog.database.setText("nothing_qzxj"), "no such database"),
        (
            lambda dialog: dialog.protection.setCurrentIndex(dialog.protection.findData("require")),
            "no encrypted connection",
        ),
        (lambda dialog: dialog.host.clear(), "Fill in"),
    ],
)
def test_each_failure_has_a_clear_sentence(window: Coder, dialog: ConnectDialog, change, says: str) -> None:
    change(dialog)
    dialog.attempt.click()
    assert says in settled(window, dialog)


def test_connecting_opens_the_study(window: Coder, dialog: ConnectDialog) -> None:
    opened: list[Project] = []
    dialog.connected.connect(opened.append)
    dialog.connected.connect(window.window.entrance.take)
    dialog.go.click()
    window.wait(lambda: opened, timeout=20000)
    assert window.window.current_project() is opened[0]
    assert window.window.start.who.isVisible()
    assert window.settings.text("last_study").endswith("Lab")


def test_the_start_page_opens_a_server_beside_the_window(window: Coder) -> None:
    place = window.study.project.place
    window.window._leave_study()
    window.window.start.ask_phrase(place)
    window.window.start.passphrase.setText("wrong")
    window.window.start.unlock_button.click()
    window.wait(lambda: "does not accept" in window.window.start.message.text(), timeout=20000)
    window.window.start.passphrase.setText(PASSWORD)
    window.window.start.unlock_button.click()
    window.wait(window.window.start.who.isVisible, timeout=20000)
