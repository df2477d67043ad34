"""What a study has chosen is kept, changed and audited; only by supervisors."""

import pytest

from mio_fidelity.coding.study_settings import choose, chosen
from mio_fidelity.errors import UserError


def test_a_choice_is_kept_and_changed(study):
    study.sign_in("S1")
    assert study.ask(chosen, "drift") == {}
    study.do(choose, "drift", {"k": 0.5})
    study.do(choose, "drift", {"k": 0.6})
    study.reopen()
    assert study.ask(chosen, "drift") == {"k": 0.6}
    assert [row.action for row in study.audit() if row.table_name == "setting"] == ["insert", "update"]


def test_a_coder_chooses_nothing(study):
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.do(choose, "drift", {})
