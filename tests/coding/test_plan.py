"""The terms of a plan, and all that can be wrong in a file somebody wrote by hand."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.coding.plan import PHASES, Phase, Plan, Stratum, Unit, plan_from, read_plan
from mio_fidelity.errors import UserError

WHOLE_FILE = """
unit = "counselor"
arms = ["MIO", "PE"]
sites = []
coders = ["R1", "R2"]
double_share = 0.25
double_by = ["site"]
own_site = true
recodes = 2
recode_after_days = 14
first_due = 2026-03-02
per_week = 3
expected_icc = 0.8

[[phases]]
name = "first half"
first = 1
last = 6
take = 2

[[phases]]
name = "second half"
first = 7
last = 12
take = "all"
"""
WHOLE = Plan(
    phases=(Phase("first half", 1, 6, 2), Phase("second half", 7, 12, None)),
    unit=Unit.COUNSELOR,
    arms=("MIO", "PE"),
    coders=("R1", "R2"),
    double_share=0.25,
    double_by=(Stratum.SITE,),
    own_site=True,
    recodes=2,
    recode_after_days=14,
    first_due=date(2026, 3, 2),
    per_week=3,
    expected_icc=0.8,
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "qzxj-plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_all_there_is_to_say(tmp_path: Path) -> None:
    assert read_plan(written(tmp_path, WHOLE_FILE)) == WHOLE
    assert read_plan(written(tmp_path, "\ufeff" + WHOLE_FILE)) == WHOLE


def test_an_empty_file_is_the_usual_plan(tmp_path: Path) -> None:
    plan = read_plan(written(tmp_path, ""))
    assert plan == Plan()
    assert (plan.phases, plan.unit, plan.double_share) == (PHASES, "client", 0.2)


WORDS = st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple)
SIZES = st.lists(st.tuples(st.integers(1, 9), st.none() | st.integers(1, 5)), min_size=1, max_size=4)


def phases_of(sizes: list[tuple[int, int | None]]) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for length, take in sizes:
        first = found[-1].last + 1 if found else 1
        found.append(Phase(f"phase {first}", first, first + length - 1, take))
    return tuple(found)


PLANS = st.builds(
    Plan,
    phases=SIZES.map(phases_of),
    unit=st.sampled_from(Unit),
    arms=WORDS,
    sites=WORDS,
    coders=WORDS,
    double_share=st.floats(0, 1),
    double_by=st.lists(st.sampled_from(Stratum)).map(tuple),
    own_site=st.booleans(),
    recodes=st.integers(0, 9),
    recode_after_days=st.integers(0, 400),
    first_due=st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    per_week=st.none() | st.integers(1, 9),
    expected_icc=st.floats(0.01, 0.99),
)


@settings(database=None)
@given(PLANS)
def test_what_is_written_of_a_plan_is_the_plan(plan: Plan) -> None:
    assert plan.problems() == ()
    assert plan_from(plan.to_plain()) == plan


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("double_shares = 0.2", "line double_shares .* did you mean double_share"),
        ("recode = 1", "line recode .* did you mean recodes"),
        ("zzz = 1", "line zzz .* Known are phases, unit"),
        ("[[phases]]\nname = 'a'\nfrist = 1\nlast = 2", "line frist .* did you mean first"),
        ("unit = 'family'", "family is not known in a plan. Choose one of client, counselor"),
        ("double_by = ['arms']", "arms is not known in a plan. Choose one of arm, site"),
    ],
)
def test_an_unknown_word_is_named_with_what_it_could_be(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_plan(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "double_share = '0.2'",
        "double_share = true",
        "double_share = [0.2]",
        "expected_icc = false",
        "recodes = 1.5",
        "recodes = '2'",
        "recodes = true",
        "recode_after_days = 2026-01-01",
        "per_week = 2.0\nfirst_due = 2026-01-01",
        "own_site = 1",
        "own_site = 'yes'",
        "first_due = 'soon'",
        "first_due = 3",
        "first_due = 2026-01-01T10:00:00",
        "phases = [1, 2]",
        "[[phases]]\nname = 1\nfirst = 1\nlast = 2",
        "[[phases]]\nname = 'early'\nfirst = '1'\nlast = 2",
        "[[phases]]\nname = 'early'\nfirst = true\nlast = 2",
        "[[phases]]\nname = 'early'\nfirst = 1\nlast = 2\ntake = 'some'",
        "[[phases]]\nname = 'early'\nfirst = 1\nlast = 2\ntake = 1.5",
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="wrong kind"):
        read_plan(written(tmp_path, text))


@pytest.mark.parametrize("missing", ["name = 'early'", "first = 1", "last = 2"])
def test_a_phase_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    lines = [line for line in ("name = 'early'", "first = 1", "last = 2") if line != missing]
    with pytest.raises(UserError, match="a name, a first and a last session"):
        read_plan(written(tmp_path, "\n".join(["[[phases]]", *lines])))


@pytest.mark.parametrize(
    "text", ["arms = 'MIO'", "sites = 3", "coders = [1]", "double_by = 'arm'", "phases = 'early'"]
)
def test_what_is_a_list_has_to_be_one(tmp_path: Path, text: str) -> None:
    key = text.split(" ")[0]
    with pytest.raises(UserError, match=f"{key} in the plan is a list"):
        read_plan(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("phases = []", "names no phase"),
        ("double_share = -0.1", "between 0 and 1"),
        ("double_share = 20", "between 0 and 1"),
        ("double_share = nan", "between 0 and 1"),
        ("recodes = -1", "cannot be negative"),
        ("recode_after_days = -1", "between 0 and 3650"),
        ("recode_after_days = 1000000000000", "between 0 and 3650"),
        ("first_due = 2026-01-01\nper_week = 0", "at least one session a week"),
        ("per_week = 3", "need a day"),
        ("first_due = 0026-01-01", "Check the day"),
        ("first_due = 9999-12-31\nper_week = 1", "Check the day"),
        ("expected_icc = 1", "expected ICC"),
        ("expected_icc = 0.0", "expected ICC"),
    ],
)
def test_a_number_out_of_range_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_plan(written(tmp_path, text))


@pytest.mark.parametrize(
    ("phases", "sentence"),
    [
        ((Phase("a", 1, 5), Phase("b", 5, 8)), "phases a and b overlap"),
        ((Phase("b", 4, 8), Phase("a", 1, 12)), "phases a and b overlap"),
        ((Phase("a", 1, 20), Phase("b", 2, 3), Phase("c", 9, 10)), "phases a and b overlap"),
        ((Phase("a", 1, 5), Phase("a", 6, 8)), "same name"),
        ((Phase("a", 0, 5),), "phase a needs a first session from 1"),
        ((Phase("a", 5, 4),), "phase a needs"),
        ((Phase("a", 1, 4, 0),), "phase a needs"),
        ((Phase("a", 1, 4, -2),), "phase a needs"),
    ],
)
def test_phases_that_make_no_sense_are_refused(phases: tuple[Phase, ...], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        plan_from(Plan(phases=phases).to_plain())


def test_phases_may_leave_sessions_out_and_come_in_any_order() -> None:
    phases = (Phase("late", 9, 9), Phase("early", 2, 3))
    assert plan_from(Plan(phases=phases).to_plain()).phases == phases


def test_all_that_is_wrong_is_said_at_once_to_a_window() -> None:
    wrong = Plan(phases=(), recodes=-1, double_share=2, expected_icc=0)
    assert len(wrong.problems()) == 4


def test_a_file_that_cannot_be_read_is_refused_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such plan file") as said:
        read_plan(tmp_path / "qzxj-missing.toml")
    assert "qzxj" not in str(said.value)
    with pytest.raises(UserError, match="cannot be read") as said:
        read_plan(tmp_path)
    assert str(tmp_path) not in str(said.value)


@pytest.mark.parametrize(
    "content", [b"double_share: 0.2", b"\xff\xfe\x00", b"a = 1\na = 2", b"PK\x03\x04\x14\x00", b"{}"]
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not TOML"):
        read_plan(path)


def test_the_plain_form_can_be_kept_as_json_and_toml() -> None:
    plain = WHOLE.to_plain()
    assert plain["first_due"] == "2026-03-02"
    assert {type(value) for value in plain.values()} <= {str, int, float, bool, list}
    assert plain["phases"] == tomllib.loads(WHOLE_FILE)["phases"]
