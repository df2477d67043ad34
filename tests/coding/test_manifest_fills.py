"""What a manifest says of a session that the study knows little of."""

from datetime import date

import pytest

from mio_fidelity.coding.manifest import Entry, known, take_manifest
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.errors import UserError

BARE = SessionFacts("C301", 2)
FULL = SessionFacts("C301", 2, "MIO", "K31", "North", date(2026, 3, 2))


def test_blanks_are_filled_in_once_and_nothing_is_overwritten(study):
    study.sign_in("S1")
    study.do(take_manifest, [Entry(BARE)], study.folder)
    done = study.do(take_manifest, [Entry(FULL)], study.folder)
    assert (done.sessions, done.files, done.filled) == (0, 0, 1)
    assert study.ask(known).sessions["C301", 2].facts == FULL
    assert study.do(take_manifest, [Entry(FULL)], study.folder).filled == 0
    with pytest.raises(UserError, match="with arm MIO, not PE"):
        study.do(take_manifest, [Entry(SessionFacts("C301", 2, "PE"))], study.folder)
    assert study.ask(known).sessions["C301", 2].facts == FULL


def test_two_lines_that_fill_in_the_same_session_have_to_agree(study):
    study.sign_in("S1")
    study.do(take_manifest, [Entry(BARE)], study.folder)
    lines = [Entry(SessionFacts("C301", 2, "MIO"), 1), Entry(SessionFacts("C301", 2, "PE"), 2)]
    with pytest.raises(UserError, match="arm"):
        study.do(take_manifest, lines, study.folder)
    assert study.ask(known).sessions["C301", 2].facts == BARE
