"""The dialogs of packages, for the walk through the program."""

from pathlib import Path
from typing import Any

from mio_fidelity.coding import conflicts, packages
from mio_fidelity.coding.merging import Compared, Comparison, Kind, Why
from mio_fidelity.gui.conflict_dialog import ConflictDialog
from mio_fidelity.gui.package_dialogs import PackageDialog, ReturnDialog, UnpackDialog
from mio_fidelity.gui.take_in_dialog import TakeInDialog
from mio_fidelity.store.models import now

KINDS: list[tuple[Kind, Why | None]] = [(kind, None) for kind in Kind if kind is not Kind.CONFLICT]
KINDS += [(Kind.CONFLICT, why) for why in Why]
ROWS = tuple(
    Compared(f"{nth:032x}", "", "S-23456", kind, nth % 2 == 0, why) for nth, (kind, why) in enumerate(KINDS)
)


def dialogs(coder: Any) -> dict[str, Any]:
    """What makes each dialog."""
    bench = coder.window._bench
    return {
        "make a package": lambda: _as_supervisor(coder, lambda: PackageDialog(bench)),
        "a package made": lambda: _as_supervisor(coder, lambda: _made(bench)),
        "open a package": lambda: UnpackDialog(bench, Path("x.miopack")),
        "return my work": lambda: ReturnDialog(bench),
        "take in": lambda: TakeInDialog(bench),
        "take in, looked at": lambda: _looked(bench),
        "take in, with conflicts": lambda: _taken(bench),
        "no conflicts": lambda: _as_supervisor(coder, lambda: ConflictDialog(bench)),
        "a conflict": lambda: _as_supervisor(coder, lambda: _conflict(coder)),
    }


def _as_supervisor(coder: Any, make: Any) -> Any:
    who = coder.study.project.person_id
    coder.study.sign_in("S1")
    made = make()
    coder.study.project.sign_in(who)
    return made


def _made(bench: Any) -> PackageDialog:
    dialog = PackageDialog(bench)
    dialog._take(packages.Made("0" * 32, 2, 1, 5_000_000))
    return dialog


def _found() -> Comparison:
    return Comparison("0" * 32, "R1", now(), ROWS, False, 1, 2, revoked=True, salvaged=True, sha256="")


def _looked(bench: Any) -> TakeInDialog:
    dialog = TakeInDialog(bench)
    dialog._show(_found())
    return dialog


def _taken(bench: Any) -> TakeInDialog:
    dialog = _looked(bench)
    dialog._take(_found())
    return dialog


def _conflict(coder: Any) -> ConflictDialog:
    """With both sides made up."""
    dialog = ConflictDialog(coder.window._bench)
    instrument = coder.page.desk.instrument
    sides = (
        conflicts.Side({}, None, None, "", 1),
        conflicts.Side({}, now(), None, "", 2),
        conflicts.Side({}, now(), now(), "", 3),
    )
    dialog._found = tuple(
        conflicts.Open(
            str(nth),
            "",
            "R1",
            why,
            instrument,
            sides[nth % 3],
            sides[(nth + 1) % 3],
            (("R2", nth % 2 == 0),),
            tuple(conflicts.Choice),
        )
        for nth, why in enumerate(Why)
    )
    dialog.which.addItems([""] * len(dialog._found))
    dialog.which.setCurrentIndex(0)
    dialog._show()
    return dialog
