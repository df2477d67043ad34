"""What is said to people, in plain English and ready to be translated."""

import json

from mio_fidelity.errors import Sentence, UserError


def test_an_error_says_its_template_with_its_values() -> None:
    assert str(UserError("Row {row} is empty.", row=3)) == "Row 3 is empty."
    assert str(UserError("A brace { is no value.")) == "A brace { is no value."


def test_a_sentence_is_its_text_and_remembers_how_it_was_made() -> None:
    inner = Sentence("all scores are equal")
    whole = Sentence("{scale}: {what}", scale="Warm regard", what=inner)
    assert whole == "Warm regard: all scores are equal"
    assert (whole.template, whole.values["what"]) == ("{scale}: {what}", inner)
    assert json.dumps([whole]) == '["Warm regard: all scores are equal"]'
    assert Sentence("100 % {of}").values == {}
