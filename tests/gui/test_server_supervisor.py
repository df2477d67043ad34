"""What a supervisor finds in the windows of a study on a real server, and what there is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from mio_fidelity.coding import packages, server_roles
from mio_fidelity.errors import UserError
from mio_fidelity.gui import places
from mio_fidelity.gui.access_dialog import AccessDialog
from mio_fidelity.gui.person_dialog import PersonDialog
from mio_fidelity.gui.removal_dialog import RemovalDialog
from mio_fidelity.gui.server_names_dialog import ServerNamesDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from tests.conftest import CHEAP, OpenStudy, running
from tests.gui.conftest import QUIET, Coder
from tests.postgres import ROOT, binaries
from tests.store.on_server import study_on

pytestmark = [
    QUIET,
    pytest.mark.skipif(binaries() is None, reason="there is no PostgreSQL on this computer"),
]

LONG_MS = 30_000


@pytest.fixture
def study(tmp_path: Path, long_recording: Path) -> Iterator[OpenStudy]:
    """In place of the one in a folder; its recording lies in it."""
    with study_on(running(), tmp_path / "remote", long_recording) as found:
        yield found


@pytest.fixture
def boss(window: Coder) -> Coder:
    """S1 on the study's page."""
    window.window.start.signed_in.emit(window.study.people["S1"])
    window.window.go(places.STUDY)
    return window


def test_backups_are_said_to_be_the_servers(boss: Coder) -> None:
    boss.window.supervisor[places.STUDY].backups.click()
    assert "whoever looks after it makes the backups" in boss.window.care.notices.sentence.text()


@pytest.fixture
def rita() -> Iterator[str]:
    """A name on the server."""
    running().sql("CREATE ROLE rita LOGIN")
    yield "rita"
    running().sql("DROP ROLE rita")


def test_people_are_tied_to_names_on_the_server(boss: Coder, rita: str) -> None:
    page = boss.window.supervisor[places.STUDY]
    next(each for each in page.findChildren(QPushButton) if each.text() == "Pass phrases…").click()
    assert page.findChildren(AccessDialog) == []
    (dialog,) = page.findChildren(ServerNamesDialog)
    codes = [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())]
    dialog.table.selectRow(codes.index("R1"))
    dialog.name.setText("ritta")
    dialog.tie.click()
    assert "no name ritta" in dialog.complaint.text()
    dialog.name.setText(rita)
    dialog.tie.click()
    assert boss.study.ask(server_roles.ties) == {"R1": rita}
    assert dialog.table.item(codes.index("R1"), 1).text() == "rita"
    dialog.table.selectRow(codes.index("R2"))
    dialog.name.setText("rita")
    dialog.tie.click()
    assert "belongs to somebody else" in dialog.complaint.text()
    dialog.table.selectRow(codes.index("S1"))
    dialog.name.setText("rita2")
    dialog.tie.click()
    assert "shut yourself out" in dialog.complaint.text()
    dialog.name.setText(ROOT)
    dialog.tie.click()
    assert boss.study.ask(server_roles.ties) == {"R1": "rita", "S1": ROOT}


def test_a_person_is_added_without_a_pass_phrase(boss: Coder) -> None:
    dialog = PersonDialog(boss.window._bench, boss.window)
    dialog.open()
    assert not dialog.phrase.isVisible()
    dialog.code.setText("R7")
    dialog.accept()
    assert boss.study.sql("SELECT count(*) FROM person WHERE code = 'R7'") == [(1,)]


def test_a_package_needs_a_first_pass_phrase_also_for_who_has_a_name(
    boss: Coder, rita: str, tmp_path: Path
) -> None:
    boss.study.do(server_roles.tie, "R1", rita)
    who = boss.study.people["R1"]
    assert not packages.preview(boss.study.project, who).own
    with pytest.raises(UserError, match="Type a first one"):
        packages.make_package(boss.study.project, who, tmp_path / "one.miopack")
    made = packages.make_package(
        boss.study.project, who, tmp_path / "one.miopack", "a laptop of her own", cost=CHEAP
    )
    assert made.sessions == 1


def test_recordings_go_into_the_vault_and_out_of_the_study(boss: Coder) -> None:
    bench = boss.window._bench
    vault = VaultDialog(bench, None, boss.window)
    vault.open()
    boss.wait(lambda: not vault.busy, LONG_MS)
    vault.accept()
    boss.wait(lambda: not vault.busy and boss.study.sql("SELECT 1 FROM vault_key"), LONG_MS)
    dialog = RemovalDialog(bench, [boss.study.session_id], boss.window)
    dialog.open()
    boss.wait(lambda: not dialog.busy, LONG_MS)
    assert not dialog.backups.isVisible()
    dialog.word.setText("remove")
    dialog.go.click()
    boss.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), LONG_MS)
    assert boss.study.sql("SELECT 1 FROM vault_key") == []
    assert boss.study.project.sound()
