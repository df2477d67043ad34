"""Notices on a study's file, and the dialogs of its backups, for the walk through the program."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.gui.care import Looked
from mio_fidelity.gui.restore_dialog import RestoreDialog
from mio_fidelity.gui.salvage_dialog import SalvageDialog
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.salvage import Salvaged, Tally

TALLIES = (
    Tally("person", 3),
    Tally("score", 20, ["0" * 32], 2),
    Tally("coverage", 5, unknown=True),
    Tally("rating", 1, ["1" * 32] * 300),
)


def pages(coder: Any) -> Iterator[tuple[str, QWidget]]:
    """The strip of notices."""
    care = coder.window.care
    deed = (care.tr("Backups…"), care.show_backups)
    for name, found in (("a damaged study", Looked(False, 0)), ("a damaged vault", Looked(True, 2))):
        care._take(found)
        yield name, care.notices
        care.notices.clear()
    coder.study.project.file.in_place, before = lambda: False, coder.study.project.file.in_place
    care._look_whether_it_is_there()
    yield "a study taken away", care.notices
    coder.study.project.file.in_place = before
    care.notices.clear()
    care.notices.show_notice("place", "▲", (deed,))
    yield "a notice", care.notices
    care.notices.clear()


def dialogs(coder: Any) -> dict[str, Any]:
    """What makes each dialog."""
    bench, folder = coder.window._bench, coder.study.folder
    return {
        "backups": lambda: RestoreDialog(bench),
        "backups from the start page": lambda: RestoreDialog(bench, folder),
        "a backup looked into": lambda: _looked_into(coder),
        "a study without backups": lambda: RestoreDialog(bench, folder / "nowhere"),
        "saving what is readable": lambda: SalvageDialog(bench, folder),
        "what was saved": lambda: _saved(bench, folder),
    }


def _looked_into(coder: Any) -> RestoreDialog:
    back_up(coder.study.project.file)
    made = RestoreDialog(coder.window._bench)
    made.show()
    made.look.click()
    coder.wait(made.go.isEnabled, 10_000)
    return made


def _saved(bench: Any, folder: Any) -> SalvageDialog:
    made = SalvageDialog(bench, folder)
    made._take(folder, Salvaged(TALLIES, 2))
    return made
