"""The study page with every table, and its dialogs, for the walk through the program."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding.listings import LISTINGS
from mio_fidelity.gui import places
from mio_fidelity.gui.find_dialog import FindDialog
from mio_fidelity.gui.intake_dialog import IntakeDialog
from mio_fidelity.gui.manifest_dialog import ManifestDialog
from mio_fidelity.gui.person_dialog import PersonDialog
from mio_fidelity.gui.study_page import StudyPage


def pages(coder: Any) -> Iterator[tuple[str, QWidget]]:
    """Each table."""
    coder.window.go(places.STUDY)
    page = coder.window.pages.currentWidget()
    assert isinstance(page, StudyPage)
    for key in LISTINGS:
        page.show_table(key)
        coder.wait(lambda key=key: key in page._found, 10_000)
        yield f"study, {key}", page
    page.show_table("sessions")
    page.view.search.setText("nothing has this")
    yield "study, nothing found", page
    page.left.emit()


def dialogs(bench: Any) -> dict[str, Any]:
    """What makes each dialog."""
    return {
        "sessions from a table": lambda: ManifestDialog(bench),
        "sessions from a folder": lambda: ManifestDialog(bench, True),
        "awaited files": lambda: IntakeDialog(bench),
        "moved recordings": lambda: FindDialog(bench),
        "add a person": lambda: PersonDialog(bench),
    }
