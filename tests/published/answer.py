"""Answer a file of reliability cases with the program's own functions.

``python -m tests.published.answer CASES.json`` prints ``{case id: {expected key: number | list |
null}}``. The numbers under ``expected`` are never read, only their names; everything here is the
translation of names.
"""

import json
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mio_fidelity.reliability.design import connected, k_hat, non_overlap
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.icc import FORMS, icc_anova, icc_complete, icc_oneway, icc_test

Case = Mapping[str, Any]
Answer = dict[str, Any]


def scores_of(case: Case) -> np.ndarray:
    """The case's matrix, sessions x coders, NaN where there is no score."""
    return np.array(case["data"]["values"], dtype=float)


def with_limits(name: str, estimate: Estimate) -> Answer:
    return {name: estimate.value, f"{name} lower": estimate.low, f"{name} upper": estimate.high}


def icc_complete_answer(case: Case) -> Answer:
    answer: Answer = {}
    forms = icc_complete(scores_of(case), case["params"].get("conf", 0.95))
    for name, estimate in forms.items():
        for alias in (name, FORMS[name]):
            answer |= with_limits(alias, estimate)
            answer |= {f"{alias} {part}": number for part, number in estimate.parts.items()}
    squares = icc_anova(scores_of(case))
    return answer | squares | {"satterthwaite_v_ICC(2,1)": squares["v"]}


def icc_test_answer(case: Case) -> Answer:
    answer: Answer = {}
    for name in FORMS:
        test = icc_test(scores_of(case), name, case["params"]["rho0"])
        for alias in (name, FORMS[name]):
            answer |= {f"{alias} {part}": getattr(test, part) for part in ("F", "df1", "df2", "p")}
    return answer


def icc_oneway_answer(case: Case) -> Answer:
    forms = icc_oneway(scores_of(case))
    answer = with_limits("ICC(1)", forms["ICC(1)"]) | with_limits("ICC(k0)", forms["ICC(k0)"])
    return answer | dict(forms["ICC(1)"].parts)


def design_answer(case: Case) -> Answer:
    sessions = case["data"]["values"]
    coders = sorted({coder for session in sessions for coder in session})
    rated = np.array([[1.0 if coder in session else np.nan for coder in coders] for session in sessions])
    return {"Q": non_overlap(rated), "khat": k_hat(rated), "connected": connected(rated)}


STATISTICS: dict[str, Callable[[Case], Answer]] = {
    "icc_complete": icc_complete_answer,
    "icc_F_test": icc_test_answer,
    "icc_oneway_unbalanced": icc_oneway_answer,
    "design_Q_khat": design_answer,
}


def plain(value: Any) -> Any:
    """The value as JSON can hold it: null for anything undefined."""
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def answer_case(case: Case) -> Answer:
    """What we say about one case: only the keys it asks for, only those we know."""
    statistic = STATISTICS.get(case["statistic"])
    found = statistic(case) if statistic else {}
    return {key: plain(found[key]) for key in case["expected"] if key in found}


def main(path: str) -> None:
    """Print the answers to all cases of a file."""
    cases = json.loads(Path(path).read_text(encoding="utf-8"))["cases"]
    print(json.dumps({case["id"]: answer_case(case) for case in cases}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
