"""Two ratings of a session beside each other, for supervisors."""

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import rate
from mio_fidelity.coding.two_ratings import their_media, two_ratings
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import parse_instrument, shipped_instrument
from tests.coding.double_coded import double_coded, give


def cell(found, scale, dimension):
    by = {(each.scale, one.dimension): one for each in found.scales for one in each.cells}
    return by[scale, dimension]


def test_both_answers_and_both_evidence_stand_beside_each_other(study):
    first, second = double_coded(study)
    found = study.ask(two_ratings, first, second)
    assert cell(found, "empathic_listening", "fidelity").difference == -4
    assert cell(found, "empathic_listening", "competence").difference == -1
    warm = found.scales[0]
    assert [mark.note for mark in warm.own_marks] == ["heard by R1"]
    assert [mark.note for mark in warm.master_marks] == ["heard by R2"]
    assert (found.person_code, found.rating_id) == ("R1", first)


def test_they_are_shown_as_they_stand_now_and_that_is_said(study):
    first, second = double_coded(study)
    assert not study.ask(two_ratings, first, second).amended
    study.sign_in("R2")
    study.do(rate.amend, second, "empathic_listening", {"fidelity": rated(2)}, "misheard")
    study.sign_in("S1")
    found = study.ask(two_ratings, first, second)
    assert found.amended
    assert cell(found, "empathic_listening", "fidelity").difference == 0


def test_a_rating_that_was_taken_back_or_is_of_another_edition_is_refused(study):
    first, second = double_coded(study)
    with pytest.raises(UserError, match="taken back"):
        study.ask(two_ratings, first, "nothing")
    with pytest.raises(UserError, match="taken back"):
        study.ask(two_ratings, study.rating_id, second)
    files = {
        name: text.replace('edition = "1.1"', 'edition = "9.9"')
        for name, text in shipped_instrument().files.items()
    }
    study.instrument_id = study.use_instrument(parse_instrument(files))
    other = give(study, "S1", {})
    with pytest.raises(UserError, match="same session and edition"):
        study.ask(two_ratings, first, other)


def test_the_recording_is_that_of_the_session(study):
    first, _ = double_coded(study)
    media = study.ask(their_media, first, study.folder)
    assert len(media) == 1
    assert media[0].path.is_file()


def test_a_coder_is_refused(study):
    first, second = double_coded(study)
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(two_ratings, first, second)
    with pytest.raises(UserError, match="supervisor"):
        study.ask(their_media, first, study.folder)
