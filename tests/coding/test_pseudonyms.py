"""Ids that could identify somebody are refused at entry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.coding.pseudonyms import label, pseudonym
from mio_fidelity.errors import UserError

REFUSED = {
    "a name": ["Smith", "anna", "Maria1", "Smith-3", "J.Smith.1", "DOE", "K", "O'Neil", "Müller"],
    "an e-mail address": ["jane@clinic.org", "c1@x"],
    "a date": [
        "1985-03-12",
        "1985.3.12",
        "1985/03/12",
        "19850312",
        "12.03.1985",
        "12/03/1985",
        "3-12-85",
        "03_12_85",
        "12 03 1985",
        "12031985",
        "03121985",
        "12Mar1985",
        "12-mar-85",
        "Mar-12-1985",
        "JS19850312",
        "C017-1985-03-12",
        "C1.12-3-2011",
    ],
    "a social security or telephone number": [
        "123-45-6789",
        "123 45 6789",
        "123456789",
        "SSN123-45-6789",
        "555-123-4567",
        "5551234567",
        "555.123.4567",
        "(555)123-4567",
        "(555) 123 4567",
        "+1 555 123 4567",
        "1-555-123-4567",
        "+15551234567",
        "004915112345678",
    ],
}
STRANGE = [
    "",
    "  ",
    "José 1",
    "C 17",
    "C0\n17",
    "C17;DROP",
    "C1/2",
    "C" + "1" * 8 + "-" + "2" * 8,
    "٣٤",
    "C²",
    "../C1",
]


@pytest.mark.parametrize(
    ("what", "text"), [(what, text) for what, texts in REFUSED.items() for text in texts]
)
def test_what_could_identify_somebody_is_refused_and_not_repeated(what: str, text: str) -> None:
    with pytest.raises(UserError) as caught:
        pseudonym(text)
    sentence = str(caught.value)
    assert what in sentence
    assert text not in sentence.replace("An id", "").replace("C017", "") or text == "K"


@pytest.mark.parametrize("text", STRANGE)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        pseudonym(text)


@pytest.mark.parametrize(
    "text",
    [
        "C017",
        "BH-03",
        "1042",
        "K1",
        "07",
        "R2",
        "s1",
        "S01-02-03",
        "101-0042",
        "2025-042",
        "sub-001",
        "MAR-01",
        "A.1_b",
    ],
)
def test_a_studys_own_numbering_is_taken(text: str) -> None:
    assert pseudonym(text) == text
    assert pseudonym(f"  {text}\t") == text


@settings(max_examples=100, database=None)
@given(st.text(max_size=20))
def test_any_text_is_either_taken_as_a_plain_short_id_or_refused(text: str) -> None:
    try:
        code = pseudonym(text)
    except UserError:
        return
    assert code.isascii()
    assert 1 <= len(code) <= 16
    assert not set(code) & set(" @/\\'\"\n")


@pytest.mark.parametrize("text", ["MIO", " North ", "Site 3", "Klinik Süd"])
def test_a_label_may_be_a_word(text: str) -> None:
    assert label(text) == text.strip()


@pytest.mark.parametrize("text", ["", "  ", "a@b", "x" * 25, "a\nb", "a\0b"])
def test_what_is_no_label_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UserError, match=r"^This is not a label"):
        label(text)
