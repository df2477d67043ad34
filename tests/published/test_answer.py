"""The answer program beyond the published cases: odd cases, other names, undefined numbers."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
PROGRAM = runpy.run_path(str(HERE / "answer.py"))
answer_case = PROGRAM["answer_case"]


def case(statistic, values, keys, layout="units_x_raters", params=None, **data):
    return {
        "id": statistic,
        "statistic": statistic,
        "params": params or {},
        "data": {"layout": layout, "values": values, **data},
        "expected": dict.fromkeys(keys, 0),
    }


def test_a_case_that_cannot_be_asked_costs_no_other_answer(tmp_path):
    three = case("cohen_kappa", [[1, 2, 3], [2, 2, 1]], ["unweighted"])
    unknown = case("no such statistic", [[1, 2]], ["x"])
    fine = case("percent_agreement", [[1, 1], [2, 3]], ["pairwise exact"])
    cases = [each | {"id": str(n)} for n, each in enumerate((three, unknown, fine))]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "tests.published.answer", str(file)],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == {"0": {}, "1": {}, "2": {"pairwise exact": 0.5}}
    assert ran.stderr.startswith("0: ")


@pytest.mark.parametrize(
    ("statistic", "keys"),
    [
        ("icc_complete", ["ICC(2,1)", "ICC(2,1) lower", "ICC(2,1) F", "ICC(2,1) df1", "ICC(A,1) p"]),
        ("icc_oneway_unbalanced", ["ICC(1)", "ICC(k0)", "k0", "MSB"]),
        ("cohen_kappa", ["linear", "linear se", "linear se0", "linear z0"]),
        ("fleiss_kappa", ["kappa", "z", "se0", "P_exp", "conger_exact"]),
        ("lin_ccc", ["ccc", "lower", "pearson", "bias_correction"]),
        ("g_theory", ["var_session", "var_coder", "Erho2", "Phi"]),
        ("mfrm_severity", ["CML severity 2", "CML tau 1", "CML loglik"]),
    ],
)
def test_what_is_undefined_is_answered_with_null(statistic, keys):
    assert answer_case(case(statistic, [[4, 4], [4, 4]], keys)) == dict.fromkeys(keys)


def test_facets_may_have_other_letters():
    rng = np.random.default_rng(1)
    cube = rng.integers(1, 8, (6, 3, 4)).astype(float)
    rows = [[*place, score] for place, score in np.ndenumerate(cube)]
    rows = [[p, i, o, score] for (p, i, o), score in ((row[0:3], row[3]) for row in rows)]
    keys = ["var_p", "var_i", "var_o", "var_pi", "var_po", "var_io", "var_pio"]
    columns = ["person", "item", "occasion", "score"]
    params = {"design": "p x i x o"}
    found = answer_case(case("g_theory", rows, keys, "long_rows", params, columns=columns))
    # Without an effect that crosses all three the residual is what a fit by cell means leaves.
    means = {axes: cube.mean(axis=axes, keepdims=True) for axes in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))}
    rest = cube - means[2,] - means[1,] - means[0,] + means[1, 2] + means[0, 2] + means[0, 1] - cube.mean()
    residual = (rest**2).sum() / (5 * 2 * 3)
    effect = means[2,] - means[1, 2] - means[0, 2] + cube.mean()
    assert found["var_pio"] == pytest.approx(residual)
    assert found["var_pi"] == pytest.approx(((effect**2).sum() * 4 / (5 * 2) - residual) / 4)
    assert set(found) == set(keys)


def test_a_nested_design_may_name_its_columns_in_any_order():
    rng = np.random.default_rng(2)
    rows = [[p, t, 4 * t + r, int(rng.integers(1, 8))] for p in range(5) for t in range(3) for r in range(4)]
    keys = ["var_p", "var_t", "var_r_in_t", "var_pt", "var_pr_in_t", "Phi"]
    params = {"design": "p x (r:t)"}
    first = case("g_theory", rows, keys, "long_rows", params, columns=["person", "task", "rater", "score"])
    turned = [[p, r, t, score] for p, t, r, score in rows]
    second = case("g_theory", turned, keys, "long_rows", params, columns=["person", "rater", "task", "score"])
    assert answer_case(first) == answer_case(second)
    assert None not in answer_case(first).values()
    renamed = case(
        "g_theory",
        turned,
        ["var_i:h", "var_pi:h", "var_ph"],
        "long_rows",
        {"design": "p x (i:h)"},
        columns=["p", "i", "h", "score"],
    )
    assert answer_case(renamed)["var_pi:h"] == answer_case(first)["var_pr_in_t"]
