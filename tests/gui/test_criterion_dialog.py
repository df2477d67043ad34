"""Writing down the study's own criterion."""

from dataclasses import replace

import pytest

from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding.counselor_criterion import Band, criterion, set_criterion
from mio_fidelity.gui.criterion_dialog import CriterionDialog
from mio_fidelity.gui.workbench import Workbench
from tests.gui import courses

SLOT = "mentalization", "fidelity"


@pytest.fixture
def bench(study, settings):
    courses.fill(study)
    made = Workbench(settings)
    made.open(study.project)
    return made


def opened(bench, qtbot, **more):
    report = replace(bench.ask(counselor_report), **more)
    dialog = CriterionDialog(bench, report)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_nothing_is_asked_unless_it_is_written(bench, qtbot):
    dialog = opened(bench, qtbot)
    assert {arm for arm, _ in dialog.fields} == {"MIO", "PE"}
    assert len(dialog.fields) == 12
    assert dialog.bands() == []
    assert all(field.text() == "" for fields in dialog.fields.values() for field in fields)


def test_what_was_chosen_is_there_to_be_changed(bench, qtbot):
    bench.do(set_criterion, [Band("MIO", *SLOT, 3.5, 6)])
    dialog = opened(bench, qtbot)
    least, most = dialog.fields["MIO", SLOT]
    assert (least.text(), most.text()) == ("3.5", "6")
    most.clear()
    dialog.accept()
    assert not dialog.isVisible()
    assert bench.ask(criterion) == (Band("MIO", *SLOT, 3.5),)


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [("four", "", "four is no number"), ("9", "", "between 1 and 7"), ("5", "4", "above the highest")],
)
def test_what_cannot_be_is_said_and_stays_to_be_mended(bench, qtbot, least, most, said):
    dialog = opened(bench, qtbot)
    for field, text in zip(dialog.fields["MIO", SLOT], (least, most), strict=True):
        field.setText(text)
    dialog.accept()
    assert dialog.isVisible()
    assert said in dialog.problem.text()
    assert bench.ask(criterion) == ()


def test_sessions_without_arms_have_one_line_for_any(bench, qtbot):
    dialog = opened(bench, qtbot, arms=())
    assert {arm for arm, _ in dialog.fields} == {""}
    dialog.fields["", SLOT][0].setText("4")
    dialog.accept()
    assert bench.ask(criterion) == (Band("", *SLOT, 4),)


def test_every_field_says_what_it_is(bench, qtbot):
    dialog = opened(bench, qtbot)
    names = [field.accessibleName() for fields in dialog.fields.values() for field in fields]
    assert len(set(names)) == len(names) == 24
    assert "MIO, Mentalization-based, Fidelity: at least" in names


def test_what_was_chosen_with_another_edition_stays_until_somebody_takes_it_away(bench, qtbot):
    bench.do(set_criterion, [Band("MIO", *SLOT, 3.5), Band("MIO", "alliance", "fidelity", 4)])
    made = bench.ask(counselor_report).instrument
    other = replace(made, domains=tuple(each for each in made.domains if each.key != "alliance"))
    dialog = opened(bench, qtbot, instrument=other)
    assert dialog.fields["MIO", ("alliance", "fidelity")][0].accessibleName().startswith("MIO, alliance")
    dialog.accept()
    assert Band("MIO", "alliance", "fidelity", 4) in bench.ask(criterion)
    dialog = opened(bench, qtbot, instrument=other)
    dialog.fields["MIO", ("alliance", "fidelity")][0].clear()
    dialog.accept()
    assert bench.ask(criterion) == (Band("MIO", *SLOT, 3.5),)
