"""Which rating stands for a session, and what a report on counselors says of real studies."""

import math
from datetime import timedelta

import numpy as np
import pytest

from mio_fidelity.analysis.counselor_listings import counselors_listing
from mio_fidelity.analysis.counselor_results import CounselorOptions, Rule, Source
from mio_fidelity.analysis.counselors import counselor_report, meets_all, trends
from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.analysis.pairs import who_rates_how
from mio_fidelity.analysis.plain import to_plain
from mio_fidelity.analysis.study import ScoreFilter, score_table
from mio_fidelity.answer import NOT_APPLICABLE, Reason, cannot_rate, rated
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import parse_instrument, shipped_instrument
from mio_fidelity.store import Purpose
from tests.analysis.conftest import NOON, Lab

SLOT = "mentalization", "fidelity"
PRODUCTION = Purpose.PRODUCTION
MENTALIZATION = tuple(
    scale.key for each in shipped_instrument().domains if each.key == SLOT[0] for scale in each.scales
)


@pytest.fixture
def lab(study) -> Lab:
    study.sign_in("S1")
    return Lab(study)


def of(lab: Lab, counselor: str = "K1", **options):
    return lab.ask(counselor_report, CounselorOptions(**options)).line(counselor)


def test_a_session_coded_once_counts_with_that_rating(lab):
    lab.give("C1-1", "R1", 5, purpose=PRODUCTION, counselor="K1")
    (session,) = of(lab).sessions
    assert (session.source, session.coders, session.scores[SLOT]) == (Source.ONE, 1, 5)


def test_a_session_coded_twice_counts_with_the_mean_until_there_is_a_consensus(lab):
    lab.give("C1-1", "R1", 5, counselor="K1")
    lab.give("C1-1", "R2", 2)
    (session,) = of(lab).sessions
    assert (session.source, session.coders, session.scores[SLOT]) == (Source.MEAN, 2, 3.5)
    lab.give("C1-1", "S1", 4, purpose=Purpose.CONSENSUS, at=None)
    assert of(lab).sessions[0].source is Source.MEAN
    lab.study.sql("UPDATE rating SET submitted_at = begun_at WHERE purpose = 'consensus'")
    (session,) = of(lab).sessions
    assert (session.source, session.coders, session.scores[SLOT]) == (Source.CONSENSUS, 2, 4)
    assert of(lab).scales["warm_regard", "fidelity"].mean == 4


def test_another_rule_leaves_the_consensus_aside(lab):
    lab.give("C1-1", "R2", 2, counselor="K1", at=NOON + timedelta(days=1))
    lab.give("C1-1", "R1", 5, at=NOON + timedelta(days=2))
    lab.give("C1-1", "S1", 7, purpose=Purpose.CONSENSUS)
    assert of(lab, rule=Rule.MEAN).sessions[0].scores[SLOT] == 3.5
    (first,) = of(lab, rule=Rule.FIRST).sessions
    assert (first.source, first.scores[SLOT]) == (Source.FIRST, 2)


def test_every_rule_is_said_in_words(lab):
    lab.give("C1-1", "R1", counselor="K1")
    words = {rule: lab.ask(counselor_report, CounselorOptions(rule=rule)).rule for rule in Rule}
    assert len(set(words.values())) == 3
    assert "consensus when there is one" in words[Rule.CONSENSUS]


def test_only_what_is_coded_for_the_study_counts(lab):
    lab.give("C1-1", "R1", 3, purpose=PRODUCTION, counselor="K1")
    before = of(lab)
    for purpose in (Purpose.MASTER, Purpose.TRAINING, Purpose.CERTIFICATION, Purpose.DRIFT):
        lab.give("C1-1", "R2", 7, purpose=purpose)
        lab.give("C1-2", "R2", 7, purpose=purpose, counselor="K1")
    lab.give("C1-1", "R1", 7, purpose=PRODUCTION, occasion=2)
    lab.give("C1-3", "R1", 7, purpose=PRODUCTION, at=None, counselor="K1")
    lab.give("C1-4", "R1", 7, occasion=2, counselor="K1")
    assert to_plain(of(lab)) == to_plain(before)


def test_self_ratings_change_no_other_figure(lab):
    """Reliability, coders against each other, and the counselors' own scores."""
    for number in range(1, 6):
        for coder, score in (("R1", number), ("R2", 3)):
            lab.give(f"C1-{number}", coder, score, counselor="K1")

    def figures():
        table = lab.ask(score_table)
        found = compute(table, Options(replicates=50))
        line = of(lab)
        return (
            to_plain(found.rows),
            to_plain(who_rates_how(table)),
            to_plain((line.clients, line.share)),
        )

    before = figures()
    for number in range(1, 6):
        lab.give(f"C1-{number}", "K1x1", 7, purpose=Purpose.SELF)
    lab.give("C1-9", "K1x1", 7, purpose=Purpose.SELF, counselor="K1")
    assert to_plain(figures()) == to_plain(before)
    assert of(lab).own_sessions == 6
    with pytest.raises(UserError, match="never pooled"):
        lab.ask(score_table, ScoreFilter((Purpose.SELF, Purpose.RELIABILITY)))


def test_self_ratings_are_compared_with_the_scores_of_the_same_sessions(lab):
    for number, (coder, own) in enumerate(((2, 4), (3, 4), (4, 6), (6, 7)), 1):
        lab.give(f"C1-{number}", "R1", coder, counselor="K1")
        lab.give(f"C1-{number}", "K1x1", own, purpose=Purpose.SELF)
    lab.give("C1-7", "R1", 1, counselor="K1")
    row = next(row for row in of(lab).own if (row.domain, row.dimension) == SLOT)
    assert (row.n, row.own_mean, row.coder_mean, row.bias.value) == (4, 5.25, 3.75, 1.5)
    assert row.low.value == pytest.approx(1.5 - 1.959964 * math.sqrt(1 / 3))
    assert row.bias.low == pytest.approx(1.5 - 3.182446 * math.sqrt(1 / 3 / 4))
    assert row.correlation.value == pytest.approx(np.corrcoef([2, 3, 4, 6], [4, 4, 6, 7])[0, 1])
    assert row.icc.defined


def test_one_self_rating_or_equal_ones_give_reasons_instead_of_figures(lab):
    lab.give("C1-1", "R1", 4, counselor="K1")
    assert of(lab).own == ()
    lab.give("C1-1", "K1x1", 5, purpose=Purpose.SELF)
    row = of(lab).own[0]
    assert (row.n, row.bias.value) == (1, 1)
    assert row.correlation.reason == row.icc.reason == "fewer_than_two_sessions"
    for number in (2, 3):
        lab.give(f"C1-{number}", "R1", 4, counselor="K1")
        lab.give(f"C1-{number}", "K1x1", 5, purpose=Purpose.SELF)
    row = of(lab).own[0]
    assert row.correlation.reason == "no_variance"


def test_a_domain_follows_the_missing_rule_of_the_instrument(lab):
    cannot = dict.fromkeys(
        [(scale, "fidelity") for scale in ("curious_stance", "caregiver_mind")], cannot_rate(Reason.INAUDIBLE)
    )
    lab.give("C1-1", "R1", 4, counselor="K1", answers=cannot)
    (session,) = of(lab).sessions
    assert math.isnan(session.scores[SLOT])
    assert session.scores["alliance", "fidelity"] == 4


def test_there_is_no_criterion_unless_the_study_sets_one(lab):
    lab.give("C1-1", "R1", 4, counselor="K1")
    report = lab.ask(counselor_report)
    assert report.bands == ()
    assert report.share.figure.why == "The study has not chosen a criterion."
    assert [session.meets for session in report.line("K1").sessions] == [None]


def test_the_share_that_meets_the_criterion_depends_on_the_arm(lab):
    for number, (score, arm, counselor) in enumerate(
        ((5, "MIO", "K1"), (2, "MIO", "K1"), (2, "PE", "K2"), (5, "TAU", "K3")), 1
    ):
        lab.give(f"C{number}-1", "R1", score, arm=arm, counselor=counselor)
    lab.study.do(
        set_criterion, [Band("MIO", *SLOT, least=4), Band("PE", "mentalization", "fidelity", most=3)]
    )
    report = lab.ask(counselor_report)
    assert [line.share.met for line in report.counselors if line.sessions] == [1, 1, 0]
    assert report.line("K1").share.figure.value == 0.5
    assert "No session could be judged" in report.line("K3").share.figure.why
    assert (report.share.met, report.share.figure.n, report.share.unjudged) == (2, 3, 0)


def test_a_session_without_the_score_that_is_asked_for_is_not_judged(lab):
    cannot = dict.fromkeys(
        [(scale, "fidelity") for scale in ("curious_stance", "caregiver_mind")], cannot_rate(Reason.INAUDIBLE)
    )
    lab.give("C1-1", "R1", 4, counselor="K1", answers=cannot)
    lab.study.do(set_criterion, [Band("", *SLOT, least=4)])
    share = of(lab).share
    assert (share.met, share.figure.n, share.unjudged, share.unasked) == (0, 0, 1, 0)


def test_a_session_in_which_nothing_occurred_fails_although_its_competence_is_not_applicable(lab):
    """To leave it out would make the share look better than it is."""
    nothing = {(scale, "competence"): NOT_APPLICABLE for scale in MENTALIZATION}
    nothing |= {(scale, "fidelity"): rated(1) for scale in MENTALIZATION}
    lab.give("C1-1", "R1", 4, counselor="K1", answers=nothing)
    lab.give("C1-2", "R1", 4, counselor="K1")
    competence = Band("", "mentalization", "competence", least=4)
    lab.study.do(set_criterion, [Band("", *SLOT, least=4), competence])
    share = of(lab).share
    assert (share.met, share.figure.n, share.unjudged) == (1, 2, 0)
    lab.study.do(set_criterion, [competence])
    share = of(lab).share
    assert (share.met, share.figure.n, share.unjudged) == (1, 1, 1)


def test_a_criterion_that_the_edition_cannot_show_fails_nobody(lab):
    lab.give("C1-1", "R1", 2, counselor="K1")
    found = lab.ask(counselor_report).line("K1").sessions[0]
    bands = [Band("", *SLOT, least=4), Band("", "a domain of another edition", "fidelity", least=4)]
    assert meets_all(found.scores, "MIO", bands[:1]) is False
    assert meets_all(found.scores, "MIO", bands) is None


def test_the_share_says_of_how_many_sessions_nothing_is_asked(lab):
    lab.give("C1-1", "R1", 5, arm="MIO", counselor="K1")
    lab.give("C2-1", "R1", 5, arm="PE", counselor="K1")
    assert of(lab).share.unasked == 0
    lab.study.do(set_criterion, [Band("MIO", *SLOT, least=4)])
    share = of(lab).share
    assert (share.met, share.figure.n, share.unjudged, share.unasked) == (1, 1, 0, 1)


def test_the_table_of_counselors_says_behind_how_many_sessions_and_how_sure(lab):
    nothing = {(scale, "competence"): NOT_APPLICABLE for scale in MENTALIZATION}
    lab.give("C1-1", "R1", 5, counselor="K1", answers=nothing)
    lab.give("C1-2", "R1", 3, counselor="K1")
    lab.study.do(set_criterion, [Band("", *SLOT, least=4)])
    found = counselors_listing(lab.ask(counselor_report))
    row = dict(zip([column.key for column in found.columns], found.rows[0], strict=True))
    assert (row["mentalization_fidelity_n"], row["mentalization_competence_n"]) == (2, 1)
    assert (row["met"], row["judged"], row["share"], row["cannot"]) == (1, 2, 0.5, None)
    assert row["share_low"] == pytest.approx(0.0945, abs=1e-4)
    assert row["share_high"] == pytest.approx(0.9055, abs=1e-4)


def test_means_of_several_ratings_and_of_several_arms_are_never_silent(lab):
    lab.give("C1-1", "R1", 5, arm="MIO", counselor="K1")
    lab.give("C1-1", "R2", 2)
    lab.give("C2-1", "R1", 5, arm="PE", counselor="K10")
    assert lab.ask(counselor_report).remarks == ("Sessions that count with the mean of several ratings: 1.",)
    lab.give("C3-1", "R1", 5, arm="PE", counselor="K1")
    lab.give("C1-1", "S1", 4, purpose=Purpose.CONSENSUS)
    assert lab.ask(counselor_report).remarks == (
        "Worked in several arms, which their means take together: K1.",
    )
    assert of(lab).arms == ("MIO", "PE")


def test_the_trend_is_within_clients_and_the_picture_is_over_them(lab):
    for client, add in (("C1", 0), ("C2", 2)):
        for number in (1, 2, 3):
            lab.give(f"{client}-{number}", "R1", number + add, counselor="K1")
    line = of(lab)
    assert line.trends[SLOT].value == pytest.approx(1)
    assert [(point.number, point.mean, point.clients) for point in line.by_number[SLOT]] == [
        (1, 2, 2),
        (2, 3, 2),
        (3, 4, 2),
    ]
    of_clients = [trends([SLOT], client.sessions, 0.95)[SLOT] for client in line.clients]
    assert [trend.value for trend in of_clients] == pytest.approx([1, 1])


def test_two_arms_are_compared_over_counselors(lab):
    for at, (arm, counselor, score) in enumerate(
        (("MIO", "K1", 6), ("MIO", "K3", 4), ("PE", "K2", 2), ("PE", "K4", 3))
    ):
        for number in (1, 2):
            lab.give(f"C{at + 1}-{number}", "R1", score, arm=arm, counselor=counselor)
    report = lab.ask(counselor_report)
    row = next(row for row in report.arm_rows if (row.domain, row.dimension) == SLOT)
    assert report.compared == ("MIO", "PE")
    assert (row.difference.value, row.difference.n, row.difference.why) == (2.5, 4, "")
    assert row.difference.low < 2.5 < row.difference.high
    level = row.by_arm["MIO"]
    assert (level.moments.mean, level.moments.n, level.counselors) == (5, 4, {"K1": 6, "K3": 4})
    other = lab.ask(counselor_report, CounselorOptions(arms=("PE", "MIO")))
    assert other.arm_rows[0].difference.value == -report.arm_rows[0].difference.value


def test_without_arms_or_with_one_there_is_nothing_to_compare(lab):
    lab.give("C1-1", "R1", counselor="K1", arm=None)
    report = lab.ask(counselor_report)
    assert (report.arms, report.compared) == ((), None)
    assert report.arm_rows[0].difference.why == "No session has an arm."
    lab.give("C2-1", "R1", counselor="K1", arm="MIO")
    assert lab.ask(counselor_report).arm_rows[0].difference.why == "All sessions are in one arm."
    with pytest.raises(UserError, match="with a counselor is in the arm PE"):
        lab.ask(counselor_report, CounselorOptions(arms=("MIO", "PE")))


def test_one_session_alone_has_a_mean_and_reasons(lab):
    lab.give("C1-4", "R1", 4, counselor="K1")
    line = of(lab)
    assert (line.moments[SLOT].mean, line.moments[SLOT].n) == (4, 1)
    assert math.isnan(line.moments[SLOT].sd)
    assert line.trends[SLOT].why == "No client has two sessions with this score."


def test_a_counselor_at_two_sites_is_one_counselor(lab):
    lab.give("C1-1", "R1", 4, counselor="K1", site="North")
    lab.give("C2-1", "R1", 5, counselor="K1", site="South")
    line = of(lab)
    assert (line.sites, len(line.clients), line.moments[SLOT].mean) == (("North", "South"), 2, 4.5)


def test_a_client_who_changed_counselors_is_told_apart(lab):
    lab.give("C1-1", "R1", 4, counselor="K1")
    lab.give("C1-2", "R1", 6, counselor="K10")
    report = lab.ask(counselor_report)
    assert [line.code for line in report.counselors if line.sessions] == ["K1", "K10"]
    assert [line.moments[SLOT].mean for line in report.counselors if line.sessions] == [4, 6]


def test_sessions_without_a_counselor_are_left_out_and_said(lab):
    lab.give("C1-1", "R1", 4, counselor="K1")
    lab.give("C2-1", "R1", 7)
    report = lab.ask(counselor_report)
    assert report.remarks == ("Coded sessions without a counselor, left out: 1.",)
    assert report.arm_rows[0].by_arm["MIO"].moments.n == 1


def test_ratings_of_another_edition_are_left_out_and_said(lab):
    for number in (1, 2):
        lab.give(f"C1-{number}", "R1", 4, counselor="K1")
    files = shipped_instrument().files
    files = {**files, "practice.toml": files["practice.toml"].replace('edition = "1.1"', 'edition = "9"')}
    lab.study.instrument_id = lab.study.use_instrument(parse_instrument(files))
    lab.give("C1-3", "R1", 7, counselor="K1")
    report = lab.ask(counselor_report)
    assert report.line("K1").moments[SLOT].n == 2
    assert report.remarks[0].startswith("Ratings given with another edition of the instrument, left out: 1.")
    other = lab.ask(counselor_report, CounselorOptions(instrument=parse_instrument(files).sha256))
    assert (other.line("K1").moments[SLOT].mean, other.instrument.edition) == (7, "9")


def test_all_identical_scores_are_a_figure_not_an_error(lab):
    for number in (1, 2, 3, 4):
        lab.give(f"C1-{number}", "R1", 4, counselor="K1")
    line = of(lab)
    assert (line.moments[SLOT].mean, line.moments[SLOT].sd) == (4, 0)
    assert (line.trends[SLOT].value, line.trends[SLOT].why) == (0, "All scores lie on a line: no interval.")


def test_counselors_whose_sessions_nobody_coded_are_there(lab):
    lab.give("C1-1", "R1", 4, counselor="K1")
    lab.give("C2-1", "R1", 4, counselor="K2", at=None)
    line = lab.ask(counselor_report).line("K2")
    assert (line.sessions, line.moments[SLOT].n) == ((), 0)


def test_a_study_in_which_nothing_is_coded_says_so(lab):
    with pytest.raises(UserError, match="No coder has submitted a rating yet"):
        lab.ask(counselor_report)


def test_coders_are_not_told(study):
    with pytest.raises(UserError, match="supervisor"):
        study.ask(counselor_report)
