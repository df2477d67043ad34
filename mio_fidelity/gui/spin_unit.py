"""The unit behind a number that is typed: 1 day, 2 days."""

from PySide6.QtWidgets import QSpinBox


def spin_unit(box: QSpinBox, one: str, more: str) -> None:
    """Show ``one`` behind a 1, and ``more`` behind all other numbers."""

    def show(n: int) -> None:
        box.setSuffix(one if n == 1 else more)

    box.valueChanged.connect(show)
    show(box.value())
