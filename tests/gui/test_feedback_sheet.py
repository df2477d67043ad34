"""One page for a counselor: exactly one, with figures in words, and nothing of clients, dates or coders."""

import re
import unicodedata
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale

from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.gui.counselor_export import _write_sheet
from mio_fidelity.gui.feedback_sheet import PICTURE, feedback_sheet
from mio_fidelity.gui.report_pdf import pages_of
from tests.analysis.conftest import Lab
from tests.gui import courses
from tests.gui.test_report_pdf import text_of


@pytest.fixture
def report(study, qapp):
    return courses.report_on(study)


def words_of(report, tmp_path, code="K1", with_code=False):
    sheet = feedback_sheet(report, code, with_code)
    _write_sheet(tmp_path / "f.pdf", sheet, lambda _: None, lambda: False)
    # Letters that are printed joined are two.
    return unicodedata.normalize("NFKC", text_of(tmp_path / "f.pdf"))


def test_it_is_one_page_with_means_scales_and_what_the_points_mean(report, tmp_path):
    said = words_of(report, tmp_path)
    assert said.count("\f") == 1
    assert "Page 1 of 1" in said
    assert "Practice set, not the official MIO scales" in said
    assert "Coded sessions: 12, clients: 1." in said
    line = report.line("K1")
    for slot in report.slots:
        assert f"{line.moments[slot].mean:.2f} ({line.moments[slot].sd:.2f})" in said
    flat = " ".join(said.split())
    for scale in report.instrument.scales:
        assert f"{scale.title} {scale.cue}" in flat
    assert "from 1 (not at all) to 7 (extensive)" in flat
    assert "consensus when there is one" in flat


@pytest.mark.parametrize("place", ["en_US", "de_DE"])
def test_it_is_one_page_on_letter_and_on_a4(report, place):
    usual = QLocale()
    QLocale.setDefault(QLocale(place))
    sheet = feedback_sheet(report, "K3", True)
    assert pages_of(sheet.html, sheet.pictures) == 1
    assert "Warm regard" in sheet.html
    QLocale.setDefault(usual)


def test_nothing_on_it_tells_of_clients_days_coders_or_other_counselors(report, tmp_path):
    said = words_of(report, tmp_path)
    codes = [client.client for line in report.counselors for client in line.clients]
    assert not [code for code in [*codes, "K1", "K2", "K3", "K4", "R2", "R3", "S1", "North"] if code in said]
    assert not re.search(r"20\d\d-|\b20\d\d\b", said)
    content = (tmp_path / "f.pdf").read_bytes()
    assert not [code for code in codes if code.encode() in content]


def test_the_code_is_on_it_only_when_that_is_wanted(report, tmp_path):
    assert "K1" in words_of(report, tmp_path, with_code=True)
    assert "K1" not in feedback_sheet(report, "K1", False).title


def test_its_picture_has_something_drawn_in_the_colours_of_paper(report):
    picture = feedback_sheet(report, "K1", False).pictures[PICTURE]
    colors = {picture.pixelColor(x, y).name() for x in range(0, 2500, 7) for y in range(0, 900, 3)}
    assert {"#ffffff", "#0072b2", "#b8860b", "#7b3294"} <= colors


def test_the_studys_own_criterion_is_on_it_and_no_other_judgement(study, report, tmp_path):
    assert "The study has not chosen a criterion." in words_of(report, tmp_path)
    study.do(
        set_criterion,
        [Band("MIO", "mentalization", "fidelity", 3.5), Band("PE", "psychoeducation", "fidelity", 4)],
    )
    said = " ".join(words_of(study.ask(counselor_report), tmp_path).split())
    assert "MIO: Mentalization-based, Fidelity at least 3.5." in said
    assert "PE:" not in said
    assert re.search(r"Sessions that meet the study's criterion: \d+ of 12, ", said)
    own = said.lower().replace("very poor", "").replace("good guesses", "")
    assert not re.search(r"\b(good|poor|adequate|weak|strong|strength|growth)\b", own)


def test_few_sessions_are_said_to_say_little(study, qapp, tmp_path):
    study.sign_in("S1")
    Lab(study).give("C1-1", "R1", 4, counselor="K1")
    said = " ".join(words_of(study.ask(counselor_report), tmp_path).split())
    assert "Coded sessions: 1, clients: 1." in said
    assert "So few sessions say little" in said
    assert said.count("Page 1 of 1") == 1


def test_with_many_scales_the_page_leaves_out_words_before_it_grows(report):
    """Thirty scales more, as an instrument may have them."""
    domain = report.instrument.domains[0]
    many = tuple(replace(domain.scales[0], key=f"s{nth}", number=nth, title="T" * 60) for nth in range(30))
    made = replace(report.instrument, domains=(replace(domain, scales=many), *report.instrument.domains[1:]))
    sheet = feedback_sheet(replace(report, instrument=made), "K1", False)
    assert pages_of(sheet.html, sheet.pictures) == 1
    assert "TTTT" not in sheet.html
    assert "Alliance building" in sheet.html


def test_words_of_an_instrument_are_no_markup(report):
    made = replace(report.instrument, banner="<b>1 < 2 & 3</b>")
    sheet = feedback_sheet(replace(report, instrument=made), "K1", False)
    assert "&lt;b&gt;1 &lt; 2 &amp; 3" in sheet.html


def test_a_slope_has_its_interval_or_is_not_shown(report, study, tmp_path):
    said = " ".join(words_of(report, tmp_path).split())
    trend = report.line("K1").trends["mentalization", "fidelity"]
    assert f"{trend.value:+.2f} [{trend.low:+.2f}, {trend.high:+.2f}]" in said
    assert "with its 95% interval" in said
    for number in (1, 2):
        Lab(study).give(f"C90-{number}", "R1", 2 + number, counselor="K9")
    found = study.ask(counselor_report)
    assert found.line("K9").trends["mentalization", "fidelity"].value == 1
    assert "+1.00" not in feedback_sheet(found, "K9", False).html


def test_what_is_taken_together_is_said(report, study):
    assert "clients of whom" not in feedback_sheet(report, "K1", False).html
    assert "taken together" not in feedback_sheet(report, "K1", False).html
    Lab(study).give("C91-3", "R1", 4, counselor="K1", arm="PE")
    sheet = feedback_sheet(study.ask(counselor_report), "K1", False)
    assert "A point is the mean of the clients of whom this session was coded." in sheet.html
    assert "Sessions of MIO, PE are taken together." in sheet.html
    assert pages_of(sheet.html, sheet.pictures) == 1
