"""The wording for self-ratings: read with the instrument, and complained of with file and line."""

import re

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument, parse_instrument, shipped_instrument
from tests.instrument.test_reader import SMALL, files

OWN = """\
about = "You rate your own session."

[dimensions.fidelity]
question = "how much you did it"

[dimensions.fidelity.anchors]
1 = "You did not do it."

[scales.warmth]
cue = "you are warm"
page = "How warm you were."
"""


def parse(own: str) -> Instrument:
    return parse_instrument({**files(SMALL), "small/self.toml": own})


def complaint(own: str) -> str:
    with pytest.raises(UserError) as raised:
        parse(own)
    return str(raised.value)


def test_the_form_for_oneself_has_the_same_scales_and_points_in_other_words():
    plain = parse(OWN)
    own = plain.for_self()
    assert own.slots() == plain.slots()
    assert own.sha256 == plain.sha256
    assert own.dimensions["fidelity"].points == plain.dimensions["fidelity"].points
    assert own.dimensions["fidelity"].question == "how much you did it"
    assert own.anchor("warmth", "fidelity", 1) == "You did not do it."
    assert (own.scale("warmth").cue, own.general) == ("you are warm", "You rate your own session.")
    assert own.scale("warmth").page == "# Warmth\n\nHow warm you were.\n"
    assert plain.anchor("warmth", "fidelity", 1) == ""


def test_it_is_part_of_the_files_and_of_the_fingerprint():
    made = parse(OWN)
    assert made.files["small/self.toml"] == OWN
    assert made.sha256 != parse_instrument(files(SMALL)).sha256
    assert parse_instrument(made.files) == made


def test_an_instrument_without_it_speaks_to_counselors_as_to_coders():
    plain = parse_instrument(files(SMALL))
    assert plain.own_words is None
    assert plain.for_self() is plain


def test_sentences_about_the_counselor_are_not_mixed_with_those_that_say_you():
    third = SMALL + '\n[scales.anchors.fidelity]\n1 = "The counselor is cold."\n'
    made = parse_instrument({**files(third), "small/self.toml": '[scales.warmth]\npage = "x"\n'})
    assert made.anchor("warmth", "fidelity", 1) == "The counselor is cold."
    assert made.for_self().anchor("warmth", "fidelity", 1) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("[scales.warmth]", "[scales.warmpth]"),
            "line 9: unknown scale 'warmpth'; did you mean",
        ),
        (('page = "How warm you were."\n', ""), "self.toml, line 9: 'page' is missing"),
        (("[dimensions.fidelity]", "[dimensions.skill]"), "unknown dimension 'skill'"),
        (("1 = ", "9 = "), "line 7: '9' is not a point of this dimension"),
        (('about = "', 'abuot = "'), "line 1: unknown key 'abuot'; did you mean 'about'"),
        (('cue = "you are warm"', 'cue = ""'), "line 10: 'cue' is empty"),
        (('cue = "you are warm"', "cue = 3"), "line 10: 'cue' must be text"),
        (('"You rate your own session."', '"open'), "line 1: not valid TOML"),
        (("cue =", "color = 3\ncue ="), "line 10: unknown key 'color'"),
        (
            ('page = "How', '[scales.warmth.anchors.skill]\npage = "How'),
            "unknown dimension of this scale",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(change, said):
    assert said in complaint(OWN.replace(*change))


def test_a_scale_that_was_forgotten_is_named():
    said = complaint('about = "x"\n')
    assert said == "small/self.toml: the scale 'warmth' is missing; add [scales.warmth] with a line page."


def test_an_empty_file_is_complained_of():
    assert "small/self.toml is empty" in complaint("")


def test_faults_of_both_files_are_told_together():
    said = complaint(OWN.replace("cue =", "color ="))
    with pytest.raises(UserError) as raised:
        parse_instrument({**files(SMALL.replace("points", "pints")), "small/self.toml": "x = 1"})
    assert "small.toml, line" in str(raised.value)
    assert "small/self.toml, line 1: unknown key 'x'" in str(raised.value)
    assert "color" in said


def test_the_practice_set_speaks_to_counselors_on_every_scale_and_point():
    own = shipped_instrument().for_self()
    assert own.banner == shipped_instrument().banner
    for scale, dimension in own.slots():
        meant = [own.anchor(scale, dimension, point) for point in (1, 4, 7)]
        assert len(set(meant)) == 3
        assert all(re.search(r"\b[Yy]ou", sentence) for sentence in meant)
        assert not any("The counselor" in own.anchor(scale, dimension, point) for point in range(1, 8))
    assert all("counselor" not in scale.page for scale in own.scales)
