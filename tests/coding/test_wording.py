"""What coders will read says of no client that it is about her."""

from datetime import date

import pytest

from mio_fidelity.coding import exemplars, masters, meetings, rate
from mio_fidelity.coding.wording import refuse_clients
from mio_fidelity.errors import UserError
from tests.coding.trained import fill
from tests.conftest import CLIENT

WARM = "warm_regard"


@pytest.fixture
def supervised(study):
    study.sign_in("S1")
    return study


@pytest.mark.parametrize("words", ["as in {}", "{}-7: late", "({})", "{}"])
def test_the_code_of_a_client_is_refused_in_whatever_letters(supervised, words):
    for code in (CLIENT, CLIENT.lower()):
        with pytest.raises(UserError, match=f"{CLIENT} is a client"):
            supervised.ask(refuse_clients, words.format(code))


@pytest.mark.parametrize("words", ["", "a pause of 7 seconds", f"x{CLIENT}", f"{CLIENT}0"])
def test_other_words_pass(supervised, words):
    supervised.ask(refuse_clients, words)


@pytest.mark.parametrize("code", ["7", "10-12", "anna"])
def test_codes_that_are_words_or_numbers_forbid_nobody_to_write_them(supervised, code):
    supervised.sql("UPDATE client SET code = :code", code=code)
    supervised.ask(refuse_clients, f"We rate {code} as three.")


def test_decisions_reasons_and_examples_name_no_client(supervised):
    study = supervised
    with pytest.raises(UserError, match="is a client"):
        study.do(meetings.decide, None, None, f"as in {CLIENT}-7", date(2026, 3, 3))
    master = study.do(masters.begin_master, study.session_id)
    with pytest.raises(UserError, match="is a client"):
        study.do(masters.set_rationale, master, WARM, f"{CLIENT} laughs")
    mark, named = (
        study.do(rate.mark_evidence, master, WARM, at_ms, note)
        for at_ms, note in ((900, "a laugh"), (1500, f"{CLIENT} laughs"))
    )
    study.do(fill, master, {})
    study.do(masters.set_for_training, [study.session_id], True)
    for one, note in ((mark, f"{CLIENT} laughs"), (named, "")):
        with pytest.raises(UserError, match="is a client"):
            study.do(exemplars.promote, one, "fidelity", 6, note)
    study.do(exemplars.promote, mark, "fidelity", 6, "so warm")
