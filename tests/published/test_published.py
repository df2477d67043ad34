"""Every published number, to the digits the case states."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CASES = json.loads((HERE / "reliability.json").read_text(encoding="utf-8"))["cases"]
answer_case = runpy.run_path(str(HERE / "answer.py"))["answer_case"]


def close(got: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, list):
        same = len(got) == len(expected)
        return same and all(close(g, e, tolerance) for g, e in zip(got, expected, strict=True))
    if got is None or expected is None:
        return got is expected
    return bool(abs(got - expected) <= tolerance + 1e-9 * abs(expected))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_published_number_is_reproduced(case):
    got = answer_case(case)
    tolerance = case["tolerance"]
    wrong = {}
    for key, expected in case["expected"].items():
        is_limit = any(word in key for word in ("lower", "upper", "boot_"))
        limit = tolerance.get("ci_abs", tolerance["abs"]) if is_limit else tolerance["abs"]
        if key not in got or not close(got[key], expected, limit):
            wrong[key] = (got.get(key, "no answer"), expected)
    assert not wrong
