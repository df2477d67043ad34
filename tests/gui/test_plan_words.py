"""A plan in words."""

from datetime import date

from mio_fidelity.coding.plan import Phase, Plan, Unit
from mio_fidelity.gui.plan_words import in_words, usual_plan


def test_the_usual_plan_is_that_of_the_core():
    assert usual_plan() == Plan()


def test_each_term_is_a_sentence(qapp):
    plan = Plan(
        phases=(Phase("start", 1, 6, None), Phase("end", 7, 9, 2)),
        unit=Unit.STUDY,
        coders=("R1", "R2"),
        double_share=0.25,
        double_by=(),
        own_site=True,
        recodes=3,
        recode_after_days=14,
        first_due=date(2031, 3, 1),
        per_week=4,
    )
    told = in_words(plan)
    assert (
        told[0] == "Taken from the whole study: all of the sessions 1–6 (start), 2 of the sessions 7–9 (end)."
    )
    assert told[1:5] == (
        "Coders: R1, R2.",
        "Coded twice: 25%.",
        "Coders also code sessions of their own site.",
        "Hidden re-codes per coder: 3; days after submitting, at least: 14.",
    )
    assert told[5].endswith("sessions a week for each coder: 4.")


def test_what_the_plan_leaves_open_is_not_told(qapp):
    assert len(in_words(Plan())) == 3
    assert in_words(Plan(first_due=date(2031, 3, 1)))[-1].startswith("Due ")
