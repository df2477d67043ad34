"""The unit fits the number."""

from PySide6.QtWidgets import QSpinBox

from mio_fidelity.gui.spin_unit import spin_unit


def test_one_day_and_all_other_numbers_of_days(qtbot):
    box = QSpinBox()
    qtbot.addWidget(box)
    box.setValue(1)
    spin_unit(box, " day", " days")
    said = [box.text()]
    for n in (0, 2, 1):
        box.setValue(n)
        said.append(box.text())
    assert said == ["1 day", "0 days", "2 days", "1 day"]
