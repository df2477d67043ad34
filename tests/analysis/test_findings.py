"""All figures of a table: the right ones, or the right sentence why there is none."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mio_fidelity.analysis.findings import Options, compute, design_of, session_means
from mio_fidelity.analysis.plain import to_plain
from mio_fidelity.analysis.table import STATES, SessionRow
from mio_fidelity.answer import State
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.reliability.alpha import alpha_bootstrap
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.oneway import icc_oneway
from tests.analysis.conftest import scale, table

NAN = np.nan
QUICK = Options(replicates=50)


def scores(seed: int = 1, sessions: int = 30, coders: int = 4, share: float = 1.0, scales: int = 1):
    rng = np.random.default_rng(seed)
    cube = np.clip(
        np.rint(
            4 + rng.normal(0, 1.2, (scales, sessions, 1)) + rng.normal(0, 0.8, (scales, sessions, coders))
        ),
        1,
        7,
    )
    rated = rng.random((sessions, coders)).argsort(axis=1) < max(2, round(share * coders))
    return np.where(rated, cube, NAN)


def only_row(found):
    return found.row("scale", "scale0", "fidelity")


def test_the_figures_are_those_of_the_engine() -> None:
    cube = scores(share=0.5, scales=3)
    found = compute(table(cube), QUICK)
    alphas = alpha_bootstrap(cube, "ordinal", None, 50, QUICK.seed).estimates
    for nth, (matrix, alpha) in enumerate(zip(cube, alphas, strict=True)):
        row = found.row("scale", f"scale{nth}", "fidelity")
        forms = icc_incomplete(matrix).forms
        assert row.icc == forms["ICC(A,1)"]
        assert row.average == forms["ICC(A,khat)"]
        assert row.consistency == forms["ICC(C,1)"]
        assert row.alpha == alpha
        assert sum(row.histogram.values()) == np.isfinite(matrix).sum()
        means = np.nanmean(matrix, axis=1)
        assert row.moments.mean == pytest.approx(means.mean())
        assert row.moments.sd == pytest.approx(means.std(ddof=1))
    domain = found.row("domain", "care", "fidelity")
    assert domain.icc == icc_incomplete(cube.mean(axis=0)).forms["ICC(A,1)"]
    assert domain.ac2 is domain.exact is None
    assert (
        domain.alpha.value == alpha_bootstrap(cube.mean(axis=0), "interval", replicates=5).estimates[0].value
    )


def test_means_of_the_arms_are_over_their_own_sessions() -> None:
    sessions = tuple(SessionRow(f"C{nth}-1", arm) for nth, arm in enumerate(("MIO", "PE", "MIO", "")))
    found = compute(table([[1, 3], [5, 5], [6, NAN], [7, 7]], sessions=sessions), QUICK)
    assert found.arms == ("MIO", "PE")
    arms = only_row(found).by_arm
    assert (arms["MIO"].mean, arms["MIO"].sd, arms["MIO"].n) == (4, pytest.approx(math.sqrt(8)), 2)
    assert arms["PE"].mean == 5
    assert math.isnan(arms["PE"].sd)
    assert only_row(found).moments.n == 4
    assert found.single == ("C2-1",)


def test_the_same_coders_everywhere_make_a_crossed_design() -> None:
    both = scores(coders=2)[0]
    both = np.concatenate([both, [[3, NAN]]])
    design = design_of(table(both))
    assert (design.kind, design.form, design.chosen_by_hand) == ("crossed", "two_way", False)
    assert design.why.startswith("ICC(A,1), two-way random")
    assert "same coders" in design.why


def test_rotating_coders_that_are_linked_make_a_two_way_design() -> None:
    design = design_of(table(scores(share=0.5)))
    assert (design.kind, design.form) == ("rotating", "two_way")
    assert "REML" in design.why
    assert design.groups == (("R1", "R2", "R3", "R4"),)
    assert design.k_hat == 2
    assert 0 < design.q < 0.5


def apart():
    first = scores(seed=2, coders=2)[0]
    cube = np.full((60, 4), NAN)
    cube[:30, :2], cube[30:, 2:] = first, scores(seed=3, coders=2)[0]
    return cube


def test_groups_that_never_share_a_session_get_one_way_figures() -> None:
    found = compute(table(apart()), QUICK)
    assert (found.design.kind, found.design.form) == ("disconnected", "one_way")
    assert "never share a session" in found.design.why
    assert found.design.groups == (("R1", "R2"), ("R3", "R4"))
    row = only_row(found)
    assert row.icc == icc_oneway(apart())["ICC(1)"]
    assert row.average == icc_oneway(apart())["ICC(k0)"]
    assert row.alpha.defined
    assert row.consistency.reason == "disconnected"
    assert row.consistency.detail == "Groups of coders: R1, R2; R3, R4."


def test_the_form_can_be_chosen_by_hand() -> None:
    one_way = compute(table(scores()), Options(form="one_way", replicates=50))
    assert one_way.design.chosen_by_hand
    assert one_way.design.why.startswith("Chosen by hand. The design would suggest: ICC(A,1)")
    assert only_row(one_way).icc.value != only_row(compute(table(scores()), QUICK)).icc.value
    asked = compute(table(apart()), Options(form="two_way", replicates=50))
    assert asked.design.chosen_by_hand
    assert only_row(asked).icc.reason == "disconnected"
    same = design_of(table(scores()), Options(form="two_way"))
    assert not same.chosen_by_hand


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[1.0], [2], [3]], "fewer_than_two_coders"),
        ([[1, NAN], [NAN, 2], [3, NAN]], "no_session_with_two_coders"),
        ([[1.0, 2]], "fewer_than_two_sessions"),
        ([[4.0, 4]] * 12, "no_variance"),
        (np.full((0, 0), NAN), "fewer_than_two_coders"),
        (np.full((3, 2), NAN), "fewer_than_two_coders"),
    ],
)
def test_what_cannot_be_computed_has_a_reason_and_a_sentence(matrix, reason) -> None:
    found = compute(table([matrix, matrix, matrix]), QUICK)
    row = only_row(found)
    assert row.icc.reason == row.alpha.reason == reason
    assert any(row.icc.remark in remark for remark in row.remarks)
    if reason != "no_variance" and reason != "fewer_than_two_sessions":
        assert found.design.why == "No session was coded by two coders: agreement cannot be computed."
    if reason == "no_variance":
        assert row.exact.value == row.ac2.value == 1
        assert any("range restricted (12 of 12" in remark for remark in row.remarks)


def test_the_floor_is_named_when_nearly_all_sit_on_it() -> None:
    pairs = [[1, 1]] * 18 + [[1, 2], [2, 1]]
    row = only_row(compute(table(pairs), QUICK))
    assert row.exact.value == 0.9
    assert row.icc.value < 0.1
    assert row.remarks[0] == (
        "Scale0: range restricted (18 of 20 double-coded sessions are all 1); agreement is high whatever the "
        "ICC says. Read exact and within-1 agreement beside it."
    )
    assert not any("restricted" in each for each in only_row(compute(table(scores()), QUICK)).remarks)


def test_what_the_design_can_carry_is_said() -> None:
    assert compute(table(scores(sessions=30, coders=3)), QUICK).remarks == ()
    assert compute(table(scores(sessions=29, coders=2)), QUICK).remarks == (
        "Double-coded sessions: 29; with fewer than 30 the intervals are wide.",
        "Fewer than three coders: how much coders differ is hardly known.",
    )
    (remark,) = compute(table(apart()), QUICK).remarks
    assert "(R1, R2; R3, R4)" in remark


def test_a_coder_variance_of_0_is_said() -> None:
    complete = [[1, 2], [2, 1], [5, 6], [6, 5], [3, 3], [7, 7]]
    row = only_row(compute(table(complete), QUICK))
    assert row.remarks == ("Scale0: coder variance 0 (boundary): its estimate is not above 0.",)
    row = only_row(compute(table([*complete, [4, NAN]]), QUICK))
    assert row.remarks == ("Scale0: coder variance 0 (boundary); the interval is without it.",)


def test_scores_without_gaps_have_the_exact_interval_of_the_analysis_of_variance() -> None:
    # Shrout & Fleiss (1979), Table 2, whose points go to 10.
    shrout = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    ten = (replace(scale("scale0"), points=tuple(range(1, 11))),)
    row = only_row(compute(table(shrout, ten), QUICK))
    assert (row.icc.value, row.icc.low, row.icc.high) == pytest.approx((0.2898, 0.0188, 0.7611), abs=5e-5)
    assert row.average.value == pytest.approx(0.6201, abs=5e-5)
    assert row.consistency.value == pytest.approx(0.7148, abs=5e-5)
    assert "McGraw & Wong" in row.icc.method
    boot = only_row(compute(table(shrout, ten), replace(QUICK, interval="bootstrap")))
    assert "bootstrap" in boot.icc.method
    assert boot.icc.value == pytest.approx(row.icc.value, abs=1e-6)


def test_less_agreement_than_by_chance_is_a_negative_icc_with_its_interval() -> None:
    paradox = only_row(compute(table([[1, 1]] * 18 + [[1, 2], [2, 1]]), QUICK))
    assert paradox.icc.value == pytest.approx(-0.0556, abs=5e-5)
    assert paradox.icc.low < paradox.icc.value < paradox.icc.high
    assert "negative" in paradox.icc.flags
    bias = only_row(compute(table([[1, 2], [3, 4], [5, 6], [2, 3], [4, 5]]), QUICK))
    assert (bias.icc.value, bias.icc.low) == pytest.approx((0.8333, 0.0055), abs=5e-5)
    assert "residual_zero" in bias.icc.flags


def test_perfect_agreement_has_no_interval_without_width() -> None:
    row = only_row(compute(table([[1, 1], [3, 3], [5, 5], [2, 2]]), QUICK))
    for estimate in (row.icc, row.average, row.consistency):
        assert estimate.value == 1
        assert math.isnan(estimate.low)
        assert "no_interval" in estimate.flags


def test_agreement_on_whether_a_scale_applies_is_apart_from_the_scores() -> None:
    one = table(np.full((20, 2), 4.0))
    one.values[0, :8] = NAN
    one.states[0, :8] = STATES.index(State.NOT_APPLICABLE)
    one.values[0, 8, 0] = NAN
    one.states[0, 8, 0] = STATES.index(State.NOT_APPLICABLE)
    one.values[0, 9, 0] = NAN
    one.states[0, 9, 0] = STATES.index(State.CANNOT_RATE)
    row = only_row(compute(one, QUICK))
    # Eight neither, one apart, ten both; the one that one coder could not rate counts in the margins only.
    exact = 18 / 19
    applies = (10 + 0.5 + 1) / 20
    expected = 2 * applies * (1 - applies)
    assert row.applicability["AC1"].value == pytest.approx((exact - expected) / (1 - expected))
    assert row.moments.n == 12
    assert only_row(compute(table(scores()), QUICK)).applicability is None


def test_domains_hang_together_over_mean_scores() -> None:
    rng = np.random.default_rng(4)
    common = rng.normal(4, 1.2, (1, 40, 1))
    found = compute(table(np.clip(np.rint(common + rng.normal(0, 0.4, (4, 40, 2))), 1, 7)), QUICK)
    (care,) = found.consistency
    assert (care.domain, care.dimension, care.scales) == ("care", "fidelity", 4)
    assert care.alpha.value > 0.9
    assert care.omega.value > 0.9


def test_a_table_without_domains_has_no_domain_rows() -> None:
    cube = scores(scales=2)
    found = compute(table(cube, (scale("a", domain=""), scale("b", domain=""))), QUICK)
    assert {row.kind for row in found.rows} == {"scale"}
    assert found.consistency == ()


def test_the_same_scores_and_seed_give_the_same_figures_to_the_digit() -> None:
    one, two = (to_plain(compute(table(scores(share=0.5, scales=2)), QUICK)) for _ in range(2))
    one.pop("computed_at"), two.pop("computed_at")
    assert one == two
    other = compute(table(scores(share=0.5, scales=2)), Options(replicates=50, seed=1))
    assert to_plain(other)["rows"] != one["rows"]


def test_a_missing_row_is_asked_for_in_vain() -> None:
    with pytest.raises(KeyError):
        compute(table(scores()), QUICK).row("scale", "scale0", "competence")


def test_session_means_are_over_the_coders_that_gave_a_score() -> None:
    found = session_means(np.array([[1, 4, NAN], [NAN, NAN, NAN], [2, NAN, NAN]]))
    assert found[0] == 2.5
    assert np.isnan(found[1])
    assert found[2] == 2


def test_progress_only_grows_and_ends_at_1(monkeypatch) -> None:
    monkeypatch.setattr("mio_fidelity.media.progress.TELL_EVERY_S", 0)
    told: list[float] = []
    compute(table(scores(scales=3)), QUICK, told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(set(told)) > 5


@pytest.mark.parametrize("after", [0, 1, 4, 7])
def test_the_work_stops_when_it_is_cancelled(after: int) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > after

    with pytest.raises(Cancelled):
        compute(table(scores(scales=3)), QUICK, None, cancelled)
    assert len(asked) == after + 1
