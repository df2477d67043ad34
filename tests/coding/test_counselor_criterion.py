"""The study's own criterion: none by default, checked, and for supervisors only."""

import pytest

from mio_fidelity.coding.counselor_criterion import Band, criterion, set_criterion
from mio_fidelity.errors import UserError
from tests.conftest import ARM, OpenStudy

BAND = Band(ARM, "mentalization", "fidelity", least=3.5)
LOW = Band(ARM, "psychoeducation", "fidelity", most=3)


@pytest.fixture
def lab(study: OpenStudy) -> OpenStudy:
    study.sign_in("S1")
    return study


def test_a_study_has_none_before_it_chooses_one(lab):
    assert lab.ask(criterion) == ()


def test_what_was_chosen_is_kept_and_can_be_taken_away(lab):
    lab.do(set_criterion, [BAND, LOW])
    lab.reopen()
    assert lab.ask(criterion) == (BAND, LOW)
    lab.do(set_criterion, [])
    assert lab.ask(criterion) == ()
    assert [line.verb for line in lab.audit() if line.table_name == "setting"] == ["set_criterion"] * 2


@pytest.mark.parametrize(("score", "met"), [(3.4, False), (3.5, True), (7, True)])
def test_a_lowest_score_is_met_at_and_above_it(score, met):
    assert BAND.met_by(score) is met


@pytest.mark.parametrize(("score", "met"), [(1, True), (3, True), (3.1, False)])
def test_a_highest_score_is_met_at_and_below_it(score, met):
    assert LOW.met_by(score) is met


@pytest.mark.parametrize(
    ("bands", "match"),
    [
        ([Band(ARM, "nothing", "fidelity", 3)], "No instrument of the study has the domain nothing"),
        ([Band(ARM, "alliance", "nothing", 3)], "with the dimension nothing"),
        ([Band("PE?", "alliance", "fidelity", 3)], "No session of the study is in the arm PE?"),
        ([Band(ARM, "alliance", "fidelity")], "lowest or a highest"),
        ([Band(ARM, "alliance", "fidelity", 0.5)], "between 1 and 7"),
        ([Band(ARM, "alliance", "fidelity", most=float("nan"))], "between 1 and 7"),
        ([Band(ARM, "alliance", "fidelity", 5, 4)], "above the highest"),
        ([BAND, LOW, BAND], "two lines"),
    ],
)
def test_what_cannot_be_met_or_is_nowhere_is_refused(lab, bands, match):
    lab.do(set_criterion, [LOW])
    with pytest.raises(UserError, match=match):
        lab.do(set_criterion, bands)
    assert lab.ask(criterion) == (LOW,)


def test_sessions_without_an_arm_can_have_a_criterion_too(lab):
    lab.do(set_criterion, [Band("", "alliance", "competence", 4)])
    assert lab.ask(criterion)[0].arm == ""


def test_coders_neither_see_nor_set_it(study):
    with pytest.raises(UserError, match="supervisor"):
        study.ask(criterion)
    with pytest.raises(UserError, match="supervisor"):
        study.do(set_criterion, [BAND])
