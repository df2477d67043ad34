"""Findings frozen in a study: shown again to the digit, never rewritten, compared with now."""

import pytest
from sqlalchemy.exc import DBAPIError

from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.analysis.frozen import compare, freeze, frozen, frozen_list, frozen_scores
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.errors import UserError
from tests.analysis.conftest import Lab, table
from tests.analysis.test_findings import scores
from tests.analysis.test_plain import same

QUICK = Options(replicates=30)


@pytest.fixture
def rated(lab: Lab) -> Lab:
    for nth in range(12):
        lab.give(f"C{nth:02d}-1", "R1", 1 + nth % 7)
        lab.give(f"C{nth:02d}-1", "R2", 1 + (nth * 2) % 7)
    lab.study.sign_in("S1")
    return lab


def test_frozen_findings_and_their_scores_come_back_to_the_digit(rated: Lab) -> None:
    chosen = ScoreFilter(arms=("MIO",))
    now = rated.ask(score_table, chosen)
    found = compute(now, QUICK)
    frozen_id = rated.study.do(freeze, found, "  Paper 1, table 2 ", now)
    rated.study.reopen()
    assert same(rated.ask(frozen, frozen_id), found)
    kept = rated.ask(frozen_scores, frozen_id)
    assert kept.sha256 == now.sha256 == found.data_sha256
    assert kept.instrument == now.instrument
    # What is computed from the kept scores is what was frozen.
    assert compare(found, compute(kept, QUICK)).same_figures
    (line,) = rated.ask(frozen_list)
    assert (line.id, line.label, line.person_code) == (frozen_id, "Paper 1, table 2", "S1")
    assert (line.data_sha256, line.filter_words["arms"]) == (now.sha256, "MIO")
    assert (line.n_sessions, line.form) == (found.design.counts.n_multiple, "two_way")


def test_the_newest_comes_first(rated: Lab) -> None:
    found = compute(rated.ask(score_table), QUICK)
    for label in ("one", "two", "three"):
        rated.study.do(freeze, found, label)
    assert [line.label for line in rated.ask(frozen_list)] == ["three", "two", "one"]
    assert rated.ask(frozen_scores, rated.ask(frozen_list)[0].id) is None


def test_frozen_is_frozen(rated: Lab) -> None:
    rated.study.do(freeze, compute(rated.ask(score_table), QUICK), "one")
    for statement in ("UPDATE frozen_findings SET label = 'two'", "DELETE FROM frozen_findings"):
        with pytest.raises(DBAPIError, match="append-only"):
            rated.study.sql(statement)


def test_what_cannot_be_frozen_is_refused(rated: Lab) -> None:
    found = compute(rated.ask(score_table), QUICK)
    with pytest.raises(UserError, match="name first"):
        rated.study.do(freeze, found, "  ")
    with pytest.raises(ValueError, match="another table"):
        rated.study.do(freeze, found, "one", rated.ask(score_table, ScoreFilter(coders=("R1",))))
    assert rated.ask(frozen_list) == ()
    with pytest.raises(UserError, match="not in the study"):
        rated.ask(frozen, "nothing")


def test_the_same_scores_give_the_same_figures_and_say_so() -> None:
    then, now = (compute(table(scores(share=0.5, scales=2)), QUICK) for _ in range(2))
    found = compare(then, now)
    assert (found.same_data, found.same_settings, found.same_figures) == (True, True, True)
    assert found.sentences == ("The scores are the same.", "All figures are the same to the last digit.")


def test_one_changed_score_is_found_and_told() -> None:
    cube = scores(scales=2)
    then = compute(table(cube), QUICK)
    cube[1, 3, 0] = 8 - cube[1, 3, 0] if cube[1, 3, 0] != 4 else 5
    found = compare(then, compute(table(cube), QUICK))
    assert (found.same_data, found.same_settings, found.same_figures) == (False, True, False)
    assert (
        found.sentences[0]
        == "The scores differ, though there are as many sessions, ratings and coders as then."
    )
    told = [each for each in found.sentences if each.startswith("Scale")]
    assert len(told) == 1
    assert told[0].startswith("Scale1, fidelity: mean ")
    assert "ICC" in told[0]


def test_more_sessions_another_filter_and_other_settings_are_told() -> None:
    then = compute(table(scores(sessions=20)), QUICK)
    now = compute(table(scores(sessions=25), filter_words={"arms": "PE"}), Options(replicates=40))
    found = compare(then, now)
    assert not found.same_settings
    assert found.sentences[:3] == (
        "The scores differ: 20 sessions with 80 ratings by 4 coders then, 25 with 100 by 4 now.",
        "Another filter arms: none then, PE now.",
        "Another setting replicates: 30 then, 40 now.",
    )


def test_another_form_and_a_lost_row_are_told() -> None:
    then = compute(table(scores(scales=2)), QUICK)
    now = compute(table(scores(scales=2)[:1]), Options(form="one_way", replicates=30))
    told = compare(then, now).sentences
    assert "Another form of ICC: two_way then, one_way now." in told
    assert "Scale1, fidelity: only then." in told
