"""Answer a file of reliability cases with the program's own functions.

``python -m tests.published.answer CASES.json`` prints ``{case id: {expected key: number | list |
null}}``. The numbers under ``expected`` are never read, only their names; everything here is the
translation of names.
"""

import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from mio_fidelity.reliability.agreement import bland_altman, finn, lin_ccc, percent_agreement
from mio_fidelity.reliability.alpha import Level, alpha_bootstrap, alpha_jackknife, krippendorff_alpha
from mio_fidelity.reliability.consistency import cronbach_alpha, mcdonald_omega
from mio_fidelity.reliability.design import LIKERT, connected, k_hat, non_overlap
from mio_fidelity.reliability.drift import Chart, cusum, ewma, mean_shift, page_hinkley
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.reliability.generalizability import (
    DESIGNS,
    GStudy,
    g_study,
    g_study_crossed,
    g_study_nested,
)
from mio_fidelity.reliability.gwet import (
    Coefficient,
    chance_corrected,
    chance_corrected_counts,
    conger_kappa,
    fleiss_kappa,
    fleiss_kappa_counts,
)
from mio_fidelity.reliability.icc import FORMS, icc_anova, icc_complete, icc_test
from mio_fidelity.reliability.incomplete import icc_incomplete
from mio_fidelity.reliability.kappa import cohen_kappa, kappa_from_table, scores_from_table
from mio_fidelity.reliability.oneway import icc_oneway
from mio_fidelity.reliability.severity import Estimator, coder_severity
from mio_fidelity.reliability.weights import WEIGHTS, from_disagreement

Case = Mapping[str, Any]
Answer = dict[str, Any]


def scores_of(case: Case) -> np.ndarray:
    """The case's matrix, sessions x coders, NaN where there is no score."""
    return np.array(case["data"]["values"], dtype=float)


def with_limits(name: str, estimate: Estimate) -> Answer:
    return {name: estimate.value, f"{name} lower": estimate.low, f"{name} upper": estimate.high}


def parts_of(estimate: Estimate, *names: str) -> Answer:
    """The numbers on the way, None where the estimate is undefined and has none."""
    return {name: estimate.parts.get(name) for name in names}


def icc_complete_answer(case: Case) -> Answer:
    answer: Answer = {}
    forms = icc_complete(scores_of(case), case["params"].get("conf", 0.95))
    for name, estimate in forms.items():
        for alias in (name, FORMS[name]):
            answer |= with_limits(alias, estimate)
            parts = parts_of(estimate, "F", "df1", "df2", "p")
            answer |= {f"{alias} {part}": number for part, number in parts.items()}
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
    return answer | parts_of(forms["ICC(1)"], "k0", "MSB", "MSW")


def design_answer(case: Case) -> Answer:
    if case["data"]["layout"] == "units_x_raters":
        scores = scores_of(case)
        return {"Q": non_overlap(scores), "khat": k_hat(scores), "connected": connected(scores)}
    sessions = case["data"]["values"]
    coders = {coder for session in sessions for coder in session}
    rated = np.array([[1.0 if coder in session else np.nan for coder in coders] for session in sessions])
    return {"Q": non_overlap(rated), "khat": k_hat(rated), "connected": connected(rated)}


def icc_incomplete_answer(case: Case) -> Answer:
    model = icc_incomplete(scores_of(case))
    answer: Answer = {
        "var_session": model.session,
        "var_coder": model.coder,
        "var_residual": model.residual,
        "minus2_REML": model.deviance,
        "khat": model.k_hat,
        "Q": model.q,
    }
    for form, estimate in model.forms.items():
        answer |= with_limits(form, estimate)
    return answer


def agreement_answer(case: Case) -> Answer:
    answer: Answer = {}
    for how, name in (("all", "all coders"), ("pairwise", "pairwise")):
        for within, kind in ((0, "exact"), (1, "within 1")):
            estimate = percent_agreement(scores_of(case), within, how)
            answer |= with_limits(f"{name} {kind}", estimate)
            if how == "all":
                answer["n complete sessions"] = estimate.parts.get("n", 0)
    return answer


def finn_answer(case: Case) -> Answer:
    models = ("oneway", "twoway")
    return {model: finn(scores_of(case), case["params"]["levels"], model).value for model in models}


def ccc_answer(case: Case) -> Answer:
    estimate = lin_ccc(scores_of(case), case["params"].get("conf", 0.95))
    limits = {"ccc": estimate.value, "lower": estimate.low, "upper": estimate.high}
    return limits | parts_of(estimate, "pearson", "bias_correction")


def bland_altman_answer(case: Case) -> Answer:
    pair = scores_of(case).T
    usual, two = (
        bland_altman(*pair, case["params"].get("multiplier", 1.959963984540054)),
        bland_altman(*pair, 2),
    )
    return {
        **with_underscore("bias", usual.bias),
        "sd": usual.sd,
        "loa_lower": usual.low.value,
        "loa_upper": usual.high.value,
        "loa_width": usual.width,
        "loa_lower_2sd": two.low.value,
        "loa_upper_2sd": two.high.value,
        **with_underscore("loa_lower_ci", usual.low),
        **with_underscore("loa_upper_ci", usual.high),
        "se_loa_1986": usual.se_limit_1986,
    }


def with_underscore(name: str, estimate: Estimate) -> Answer:
    return {name: estimate.value, f"{name}_lower": estimate.low, f"{name}_upper": estimate.high}


def consistency_answer(case: Case) -> Answer:
    items = scores_of(case)
    listwise = cronbach_alpha(items)
    return {
        "alpha": listwise.value,
        "feldt_lower": listwise.low,
        "feldt_upper": listwise.high,
        "alpha_listwise": listwise.value,
        "n_listwise": listwise.n_sessions,
        "feldt_lower_listwise": listwise.low,
        "feldt_upper_listwise": listwise.high,
        "alpha_pairwise": cronbach_alpha(items, "pairwise").value,
        "omega_total_ml_cov": mcdonald_omega(items).value,
        "omega_total_ml_cor": mcdonald_omega(items, "correlation").value,
        "omega_total_ml_cov_observed_denominator": mcdonald_omega(items, "covariance", "observed").value,
        "omega_total_ml_cor_observed_denominator": mcdonald_omega(items, "correlation", "observed").value,
    }


# What the cases call the components of a design, beside the program's own names.
EFFECTS = {
    "p": ("session", "person"),
    "r": ("coder",),
    "pr": ("residual", "pr_e"),
    "pri": ("residual", "pri_e", "e"),
    "i": ("item",),
    "r:t": ("r_in_t",),
    "pr:t": ("pr_in_t", "residual"),
}


def g_study_of(case: Case) -> tuple[GStudy, Mapping[str, str]]:
    """The case's G study, and what it calls our facets, in its order; long rows become a cube."""
    if case["data"]["layout"] == "units_x_raters":
        return g_study(scores_of(case)), {"r": "r"}
    *keys, score = np.array(case["data"]["values"], dtype=float).T
    person, *names = (name.lower()[0] for name in case["data"]["columns"][:-1])
    facets = dict(zip([person, *names], keys, strict=True))
    if len(names) == 1:
        return g_study(cube_of(keys, score)), {"r": names[0]}
    if nested := re.search(r"(\w)\w*\s*:\s*(\w)", case["params"]["design"].lower()):
        inner, outer = nested.groups()
        place = np.zeros(len(score))
        for task in np.unique(facets[outer]):
            here = facets[outer] == task
            place[here] = np.unique(facets[inner][here], return_inverse=True)[1]
        cube = cube_of([facets[person], facets[outer], place], score)
        return g_study_nested(cube), {"t": outer, "r": inner}
    coder = "r" if "r" in names else names[-1]
    (item,) = set(names) - {coder}
    cube = cube_of([facets[person], facets[coder], facets[item]], score)
    ours = {coder: "r", item: "i"}
    return g_study_crossed(cube), {ours[name]: name for name in names}


def aliases(effect: str, letters: Mapping[str, str]) -> tuple[str, ...]:
    """What a case may call one of our effects: "pri" is also "pio" where its facets are i and o."""
    in_order = "".join(name for ours, name in letters.items() if ours in effect)
    own = "".join(letters.get(letter, letter) for letter in effect)
    own = own if ":" in effect else ("p" if "p" in effect else "") + in_order
    return (effect, own, own.replace(":", "_in_"), *EFFECTS.get(effect, ()))


def cube_of(keys: list[np.ndarray], score: np.ndarray) -> np.ndarray:
    places = [np.unique(key, return_inverse=True)[1] for key in keys]
    cube = np.full([place.max() + 1 for place in places], np.nan)
    cube[tuple(places)] = score
    return cube


def g_theory_answer(case: Case) -> Answer:
    study, letters = g_study_of(case)
    answer: Answer = {"Erho2": study.erho2().value, "Phi": study.phi().value}
    for effect in ("p", *DESIGNS[study.design]):
        variance = study.components.get(effect)
        answer |= {f"var_{name}": variance for name in aliases(effect, letters)}
    for n in case["params"].get("D_study_n", ()):
        answer |= {f"Erho2 n={n}": study.erho2(r=n).value, f"Phi n={n}": study.phi(r=n).value}
    return answer


def settings(case: Case, **names: str) -> dict[str, float]:
    """The case's parameters under the names our functions have for them."""
    return {ours: case["params"][theirs] for theirs, ours in names.items() if theirs in case["params"]}


def cusum_of(case: Case) -> Chart:
    return cusum(case["data"]["values"], **settings(case, target="target", sigma="sigma", k="k", h="h"))


def ewma_of(case: Case) -> Chart:
    return ewma(
        case["data"]["values"], **settings(case, target="target", sigma="sigma", lam="lam", L="reach")
    )


def cusum_answer(case: Case) -> Answer:
    chart = cusum_of(case)
    answer: Answer = {"C_plus": chart.upper, "C_minus": chart.lower, "first_signal": chart.first_signal}
    for at, (up, down) in enumerate(zip(chart.upper, chart.lower, strict=True), start=1):
        answer |= {f"C_plus_{at}": up, f"C_minus_{at}": down}
    return answer


def ewma_answer(case: Case) -> Answer:
    chart = ewma_of(case)
    lines = {"z": chart.upper, "ucl": chart.upper_limit, "lcl": chart.lower_limit}
    answer: Answer = {**lines, "first_signal": chart.first_signal}
    for name, line in lines.items():
        answer |= {f"{name}_{at}": value for at, value in enumerate(line, start=1)}
    return answer


def drift_answer(case: Case) -> Answer:
    sums, average, values = cusum_of(case), ewma_of(case), case["data"]["values"]
    answer: Answer = {
        "cusum_first": sums.first_signal,
        "cusum_plus_last": sums.upper[-1],
        "cusum_minus_last": sums.lower[-1],
        "ewma_first": average.first_signal,
        "ewma_last": average.upper[-1],
        "ewma_ucl_last": average.upper_limit[-1],
        "ewma_lcl_last": average.lower_limit[-1],
    }
    for key in case["expected"]:
        if part := re.fullmatch(r"bias_(first|last)(\d+)", key):
            size = int(part[2])
            means = mean_shift(values, size if part[1] == "first" else len(values) - size)
            answer[key] = means[0] if part[1] == "first" else means[1]
        if part := re.fullmatch(r"PH delta=(.+),lambda=(.+),min_n=(\d+)", key):
            answer[key] = page_hinkley(values, float(part[1]), float(part[2]), int(part[3])).first_signal
    return answer


def severity_answer(case: Case) -> Answer:
    answer: Answer = {}
    for estimator in get_args(Estimator):
        model, name = coder_severity(scores_of(case), estimator), estimator.upper()
        for number, coder in enumerate(model.coders, start=1):
            answer |= with_limits(f"{name} severity {number}", coder)
            answer[f"{name} severity {number} se"] = coder.se
        # A model that cannot be fitted has no thresholds, rather than fewer.
        taus = model.thresholds or (None,) * len(LIKERT)
        answer |= {f"{name} tau {number}": tau for number, tau in enumerate(taus, start=1)}
        answer[f"{name} loglik"] = model.log_likelihood
    return answer


def identity_answer(case: Case) -> Answer:
    scores = scores_of(case)
    return {
        "quadratic_kappa_raw": cohen_kappa(scores, "quadratic").value,
        "ccc": lin_ccc(scores).value,
        "icc_a1": icc_complete(scores)["ICC(2,1)"].value,
    }


def edge_answer(case: Case) -> Answer:
    scores = scores_of(case)
    forms, model, alpha = icc_complete(scores), icc_incomplete(scores), krippendorff_alpha(scores)
    answer = icc_complete_answer({**case, "params": {}})
    # One form stands for all where a case asks whether there is an ICC, or a kappa, at all.
    for form, estimate in model.forms.items():
        answer |= {f"REML {form}": estimate.value}
        if form not in answer or not forms["ICC(2,1)"].defined:
            answer |= with_limits(form, estimate)
    oneway = icc_oneway_answer(case)
    if not forms["ICC(1,1)"].defined:
        answer |= oneway
    answer |= {"icc": forms["ICC(2,1)"].value, "alpha": alpha.value, "kappa": any_kappa(scores).value}
    answer |= {f"alpha_{level}": krippendorff_alpha(scores, level).value for level in levels_of(scores)}
    answer |= {"n_sessions": alpha.n_sessions, "n_multiple": alpha.n_multiple, "n_ratings": alpha.n_ratings}
    answer |= {"n_coders": alpha.n_coders, "connected": connected(scores)}
    answer |= {"khat": model.k_hat, "Q": model.q}
    return answer | edge_agreement(scores, categories_of(case) or LIKERT) | edge_pair(scores)


def any_kappa(scores: np.ndarray) -> Estimate:
    return conger_kappa(scores) if scores.shape[1] > 2 else cohen_kappa(scores, "unweighted")


def edge_agreement(scores: np.ndarray, declared: Sequence[float]) -> Answer:
    answer: Answer = {
        "percent_agreement": percent_agreement(scores).value,
        "within_1_agreement": percent_agreement(scores, 1).value,
        "fleiss": fleiss_kappa(scores).value,
        "conger": conger_kappa(scores).value,
    }
    named = {
        "AC1": ("gwet", "unweighted"),
        "BP": ("bp", "unweighted"),
        **{f"AC2_{weights}": ("gwet", weights) for weights in WEIGHTS[1:]},
        **{f"BP_{weights}": ("bp", weights) for weights in WEIGHTS[1:]},
    }
    scales: dict[str, Sequence[float] | None] = {"": None, "_observed": None}
    if set(scores[~np.isnan(scores)]) <= set(declared):
        scales |= {"_declared": declared, f"_declared_{declared[0]:g}_{declared[-1]:g}": declared}
    for name, (coefficient, weights) in named.items():
        for suffix, categories in scales.items():
            estimate = chance_corrected(scores, coefficient, weights, categories)
            answer |= with_limits(name + suffix, estimate) | {f"{name}{suffix} se": estimate.se}
    return answer


def edge_pair(scores: np.ndarray) -> Answer:
    """What only two coders have."""
    if scores.shape[1] != 2:
        return {}
    difference = bland_altman(*scores.T)
    answer: Answer = {"bias": difference.bias.value, "loa_width": difference.width, "sd": difference.sd}
    answer |= {f"kappa_{weights}": cohen_kappa(scores, weights).value for weights in WEIGHTS}
    return answer | {"ccc": lin_ccc(scores).value}


def alpha_answer(case: Case) -> Answer:
    scores = scores_of(case)
    return {level: krippendorff_alpha(scores, level).value for level in levels_of(scores)}


def levels_of(scores: np.ndarray) -> tuple[Level, ...]:
    """The levels at which these scores can be compared: there is no ratio to a negative score."""
    levels: tuple[Level, ...] = get_args(Level)
    return levels[:-1] if (scores < 0).any() else levels


def alpha_interval_answer(case: Case) -> Answer:
    level = case["params"].get("level", "ordinal")
    replicates = case["params"].get("B", 200_000)
    boot = alpha_bootstrap(scores_of(case), level, replicates=replicates).estimates[0]
    knife = alpha_jackknife(scores_of(case), level)
    return {
        "estimate": boot.value,
        "boot_lower": boot.low,
        "boot_upper": boot.high,
        "boot_sd": boot.se,
        "jackknife_se": knife.se,
        "jackknife_t_lower": knife.low,
        "jackknife_t_upper": knife.high,
        "share_undefined_replicates": boot.undefined_replicates / boot.replicates if boot.replicates else 0.0,
    }


def categories_of(case: Case) -> list[float] | None:
    """The declared scale; None when the case says to use what was observed."""
    declared = case["params"].get("categories")
    return declared if isinstance(declared, list) else None


KAPPA_PARTS = ("P_obs", "P_exp", "se0", "z0")


def kappa_of(case: Case, weights: Any) -> Estimate:
    if case["data"]["layout"] == "contingency_table":
        return kappa_from_table(case["data"]["values"], weights, categories_of(case))
    return cohen_kappa(scores_of(case), weights, categories_of(case))


def kappa_answer(case: Case) -> Answer:
    params = case["params"]
    weights: dict[str, Any] = {name: name for name in WEIGHTS}
    if "disagreement_weights" in params:
        weights["weighted"] = from_disagreement(params["disagreement_weights"])
    if "agreement_weights" in params:
        weights["weighted"] = params["agreement_weights"]
    answer: Answer = {}
    for name, weight in weights.items():
        kappa = kappa_of(case, weight)
        extras = {"se": kappa.se, **parts_of(kappa, *KAPPA_PARTS), "z": kappa.parts.get("z0")}
        answer |= with_limits(name, kappa)
        answer |= {f"{name}{gap}{key}": number for key, number in extras.items() for gap in (" ", "_")}
    return answer


def fleiss_answer(case: Case) -> Answer:
    if case["data"]["layout"] == "units_x_category_counts":
        fleiss = fleiss_kappa_counts(case["data"]["values"])
        answer: Answer = {}
    else:
        fleiss = fleiss_kappa(scores_of(case))
        answer = {"conger_exact": conger_kappa(scores_of(case)).value}
    answer |= with_limits("kappa", fleiss) | parts_of(fleiss, *KAPPA_PARTS)
    return answer | {"z": fleiss.parts.get("z0"), "gwet_se": fleiss.se}


def gwet_answer(case: Case) -> Answer:
    table = case["data"]["layout"] == "contingency_table"
    counted = case["data"]["layout"] == "units_x_category_counts"
    values = case["data"]["values"]
    scores = scores_from_table(values) if table else scores_of(case)
    # A table shows all its points, also those nobody used.
    categories = list(range(1, len(values) + 1)) if table else categories_of(case)
    answer: Answer = {}
    for coefficient in get_args(Coefficient):
        if counted and coefficient == "conger":
            continue
        for weights in WEIGHTS:
            name = f"{coefficient} {weights}"
            compute = chance_corrected_counts if counted else chance_corrected
            estimate = compute(scores, coefficient, weights, categories)
            answer |= with_limits(name, estimate) | {f"{name} se": estimate.se}
    return answer


STATISTICS: dict[str, Callable[[Case], Answer]] = {
    "icc_complete": icc_complete_answer,
    "icc_F_test": icc_test_answer,
    "icc_oneway_unbalanced": icc_oneway_answer,
    "design_Q_khat": design_answer,
    "icc_incomplete": icc_incomplete_answer,
    "percent_agreement": agreement_answer,
    "finn": finn_answer,
    "lin_ccc": ccc_answer,
    "bland_altman": bland_altman_answer,
    "internal_consistency": consistency_answer,
    "g_theory": g_theory_answer,
    "cusum": cusum_answer,
    "ewma": ewma_answer,
    "drift": drift_answer,
    "mfrm_severity": severity_answer,
    "identity": identity_answer,
    "edge": edge_answer,
    "krippendorff_alpha": alpha_answer,
    "krippendorff_alpha_ci": alpha_interval_answer,
    "cohen_kappa": kappa_answer,
    "cohen_kappa_declared_scale": kappa_answer,
    "fleiss_kappa": fleiss_answer,
    "gwet_family": gwet_answer,
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


def answer_or_say(case: Case) -> Answer:
    """The answer; nothing for a case that asks what cannot be asked, such as the kappa of three coders.

    One such case does not cost the answers of the others; what is wrong with it goes to stderr.
    """
    try:
        return answer_case(case)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        print(f"{case['id']}: {error!r}", file=sys.stderr)
        return {}


def main(path: str) -> None:
    """Print the answers to all cases of a file."""
    cases = json.loads(Path(path).read_text(encoding="utf-8"))["cases"]
    print(json.dumps({case["id"]: answer_or_say(case) for case in cases}, indent=1))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.published.answer CASES.json")
    main(sys.argv[1])
