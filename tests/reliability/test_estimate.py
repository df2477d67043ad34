"""What an estimate says about itself."""

import ast
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import mio_fidelity.reliability as package
from mio_fidelity.reliability.estimate import FLAGS, REASONS, Counts, Estimate, undefined


def test_an_undefined_estimate_explains_itself():
    estimate = undefined("disconnected", Counts(4, 4, 8, 4), detail="Groups of coders: 1, 2; 3, 4.")
    assert not estimate.defined
    assert estimate.remark.startswith("The coders fall into groups")
    assert estimate.remark.endswith("1, 2; 3, 4.")
    assert (estimate.n_sessions, estimate.n_multiple, estimate.n_ratings, estimate.n_coders) == (4, 4, 8, 4)


def test_flags_become_sentences():
    assert Estimate(0.5, flags=("under_3_coders",)).remark == FLAGS["under_3_coders"]


def test_an_estimate_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Estimate(0.5).value = 0.9  # type: ignore[misc]


def test_an_unknown_reason_is_a_bug():
    with pytest.raises(KeyError):
        undefined("bad_luck", Counts())


def test_every_reason_and_flag_is_used_somewhere():
    words = set()
    for path in Path(package.__file__).parent.glob("*.py"):
        if path.name != "estimate.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            words |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(REASONS) | set(FLAGS) <= words
