"""Plans drawn and written off the window's thread."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mio_fidelity.coding.plan import Phase, Plan, Stratum, Unit, read_plan
from mio_fidelity.errors import UserError
from mio_fidelity.gui.plan_work import as_toml, draw_now, store, write_plan
from mio_fidelity.media.progress import Cancelled
from tests.gui.plan_study import fill

TODAY = date(2030, 5, 6)
# Whatever can be typed, quotes, line breaks and control characters among it.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def plans(draw):
    names = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    takes = st.one_of(st.none(), st.integers(1, 99))
    first_due = draw(st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2199, 12, 31))))
    return Plan(
        phases=tuple(Phase(name, 4 * at + 1, 4 * at + 4, draw(takes)) for at, name in enumerate(names)),
        unit=draw(st.sampled_from(Unit)),
        arms=tuple(draw(st.lists(WORDS, max_size=3))),
        sites=tuple(draw(st.lists(WORDS, max_size=3))),
        coders=tuple(draw(st.lists(WORDS, max_size=3))),
        double_share=draw(st.floats(0, 1)),
        double_by=tuple(draw(st.lists(st.sampled_from(Stratum), unique=True))),
        own_site=draw(st.booleans()),
        recodes=draw(st.integers(0, 99)),
        recode_after_days=draw(st.integers(0, 999)),
        first_due=first_due,
        per_week=draw(st.one_of(st.none(), st.integers(1, 50))) if first_due else None,
        expected_icc=draw(st.floats(0.01, 0.99)),
    )


@given(plans().filter(lambda plan: not plan.problems()), st.integers(0, 999_999))
def test_a_plan_that_is_written_is_read_again_as_it_was(tmp_path_factory, plan, seed):
    file = tmp_path_factory.mktemp("plan") / "plan.toml"
    write_plan(file, plan, seed)
    assert read_plan(file) == plan


def test_a_plan_is_written_so_that_people_can_read_it():
    text = as_toml(Plan(sites=("Nord", "Süd"), double_by=(Stratum.ARM,), first_due=date(2031, 3, 1)))
    assert 'sites = ["Nord", "Süd"]\n' in text
    assert 'first_due = "2031-03-01"\n' in text
    assert '[[phases]]\nname = "early"\nfirst = 1\nlast = 4\ntake = 1\n' in text


def test_what_was_drawn_is_what_is_stored(study):
    study.sign_in("S1")
    study.do(fill, 8)
    drawn = draw_now(study.project, Plan(), 3, TODAY, lambda _: None, lambda: False)
    assert (drawn.sessions, drawn.arms, drawn.sites[:2]) == (
        89,
        ("arm-qzxj", "care", "usual"),
        ("Site 1", "Site 2"),
    )
    assert drawn.counts == {arm: {"early": 4, "middle": 4, "late": 4} for arm in ("care", "usual")}
    done = store(study.project, drawn, lambda _: None, lambda: False)
    assert done.value.assigned == len(drawn.proposal.new)
    assert {"rating", "assignment_plan"} <= done.changed
    with pytest.raises(UserError, match="has changed since this preview"):
        store(study.project, drawn, lambda _: None, lambda: False)


def test_drawing_can_be_stopped(study):
    study.sign_in("S1")
    with pytest.raises(Cancelled):
        draw_now(study.project, Plan(), 3, TODAY, lambda _: None, lambda: True)
