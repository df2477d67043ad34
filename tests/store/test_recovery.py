"""The recovery key: long enough, typed as people type, and a slip is named."""

import re
from itertools import pairwise

import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.store.recovery import ALPHABET, GROUPS, LETTERS, new_recovery_key, recognised


def test_a_key_has_at_least_160_bits_in_groups_that_can_be_read() -> None:
    key = new_recovery_key()
    assert re.fullmatch(f"([{ALPHABET}]{{{LETTERS + 1}}}-){{{GROUPS - 1}}}[{ALPHABET}]{{{LETTERS + 1}}}", key)
    assert len(ALPHABET) ** (GROUPS * LETTERS) >= 2**160
    assert not set("ILOU") & set(ALPHABET)
    assert new_recovery_key() != key


def test_case_blanks_hyphens_and_look_alikes_do_not_matter() -> None:
    key = new_recovery_key()
    spoken = key.replace("0", "o").replace("1", "l")
    for typed in (key, key.lower(), key.replace("-", " "), key.replace("-", ""), f"  {spoken}\n"):
        assert recognised(typed) == key


def test_each_single_slip_is_found_and_its_group_named() -> None:
    key = new_recovery_key()
    for at, letter in enumerate(key):
        if letter == "-":
            continue
        other = ALPHABET[(ALPHABET.index(letter) + 7) % len(ALPHABET)]
        group = key[:at].count("-") + 1
        with pytest.raises(UserError, match=f"group {group} is mistyped"):
            recognised(key[:at] + other + key[at + 1 :])


def test_groups_in_each_others_place_are_found() -> None:
    groups = new_recovery_key().split("-")
    for nth, (one, other) in enumerate(pairwise(groups)):
        swapped = [*groups[:nth], other, one, *groups[nth + 2 :]]
        with pytest.raises(UserError, match="mistyped"):
            recognised("-".join(swapped))


@pytest.mark.parametrize(
    "phrase", ["", "correct horse battery", "a" * 40, "four score and seven years ago our fathers brought"]
)
def test_a_pass_phrase_is_none(phrase: str) -> None:
    assert recognised(phrase) is None
