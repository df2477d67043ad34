"""The dialogs about servers, for the walk through the program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding import offline
from mio_fidelity.gui.connect_dialog import ConnectDialog
from mio_fidelity.gui.refused_dialog import RefusedDialog
from mio_fidelity.gui.server_names_dialog import ServerNamesDialog
from mio_fidelity.store.bridge import Bridge
from mio_fidelity.store.journal import Entry, Journal
from tests.gui.walk_keys import supervised

REFUSED = Entry(
    "1",
    "set_notes",
    ("2", "7"),
    {},
    "3",
    why="It was changed elsewhere meanwhile, and that was left as it is.",
)


def pages(coder: Any) -> Iterator[tuple[str, QWidget]]:
    """What is said of a server that is away."""
    yield "the foot of a rating that waits for a server", _waiting(coder)


def dialogs(coder: Any) -> dict[str, Any]:
    """What makes each dialog."""
    return {
        "connect to a server": lambda: ConnectDialog(coder.window._bench, None, Path("nowhere")),
        "not stored on the server": lambda: _refused(coder),
        "names on the server": lambda: supervised(coder, lambda: ServerNamesDialog(coder.window._bench)),
    }


def _waiting(coder: Any) -> QWidget:
    foot: QWidget = coder.page.foot
    coder.page.foot.show_desk(coder.desk, None, True)
    return foot


def _refused(coder: Any) -> QWidget:
    journal = Journal(coder.study.folder / "walk.refused", bytes(32))
    journal.append(REFUSED)
    return RefusedDialog(Bridge(offline.bridged(), journal, journal))
