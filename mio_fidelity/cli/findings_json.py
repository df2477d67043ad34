"""The figures as JSON, under keys that stay. The help of the command lists them."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mio_fidelity.analysis.pairs import Pair, Who
from mio_fidelity.analysis.results import Consistency, Design, Findings, Moments, Row
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.report.bands import BANDS, Scheme, band_of
from mio_fidelity.report.files import replacing
from mio_fidelity.report.words import icc_name

SCHEMA_VERSION = 1
_ESTIMATES = ("icc", "average", "consistency", "alpha", "ac2", "exact", "within_1")


def write_json(path: Path, findings: Findings, scheme: Scheme, source: str) -> None:
    """Write the figures to ``path``, whole or not at all.

    Raises:
        UserError: the file could not be written; it says why.
    """
    text = json.dumps(as_json(findings, scheme, source), ensure_ascii=False, indent=2, allow_nan=False)
    with replacing(path) as scratch:
        scratch.write_text(text + "\n", encoding="utf-8")


def as_json(findings: Findings, scheme: Scheme, source: str) -> dict[str, Any]:
    """The figures as dictionaries and lists; a number that is undefined is None.

    Args:
        findings: The figures.
        scheme: The bands an ICC is judged by.
        source: "study" or "table".
    """
    bands = BANDS[scheme]
    made = {
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "computed_at": findings.computed_at.isoformat(),
        "versions": dict(findings.versions),
        "data_sha256": findings.data_sha256,
        "filter": dict(findings.filter_words),
        "options": asdict(findings.options),
        "bands": {
            "scheme": scheme,
            "title": bands.title,
            "limits": list(bands.limits),
            "words": list(bands.words),
        },
        "design": _design(findings.design),
        "rows": [_row(row, scheme) for row in findings.rows],
        "pairs": [_pair(pair) for pair in findings.pairs],
        "coders": [_who(who) for who in findings.who],
        "internal_consistency": [_consistency(each) for each in findings.consistency],
        "left_out": [
            {"session": session, "coder": coder, "why": why} for session, coder, why in findings.left_out
        ],
        "coded_once": list(findings.single),
    }
    return dict(without_nan(made))


def _design(design: Design) -> dict[str, Any]:
    return {
        "kind": design.kind,
        "form": design.form,
        "headline": icc_name(design),
        "why": design.why,
        "chosen_by_hand": design.chosen_by_hand,
        "n_sessions": design.counts.n_sessions,
        "n_multiple": design.counts.n_multiple,
        "n_ratings": design.counts.n_ratings,
        "n_coders": design.counts.n_coders,
        "k_hat": design.k_hat,
        "q": design.q,
        "coder_groups": [list(group) for group in design.groups],
    }


def _row(row: Row, scheme: Scheme) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "key": row.key,
        "title": row.title,
        "number": row.number if row.kind == "scale" else None,
        "domain": row.domain or None,
        "dimension": row.dimension,
        "band": band_of(row.icc, scheme),
        "moments": _moments(row.moments),
        "moments_by_arm": {arm: _moments(moments) for arm, moments in row.by_arm.items()},
        **{name: plain_estimate(getattr(row, name)) for name in _ESTIMATES},
        "applicability": None
        if row.applicability is None
        else {name: plain_estimate(estimate) for name, estimate in row.applicability.items()},
        "histogram": {str(point): n for point, n in row.histogram.items()},
        "remarks": list(row.remarks),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "dimension": pair.dimension,
        "n_sessions": pair.n_sessions,
        "n_scores": pair.n_scores,
        "icc": pair.icc,
        "exact": pair.exact,
        "within_1": pair.within_1,
        "bias": pair.bias,
        "reason": pair.why or None,
    }


def _who(who: Who) -> dict[str, Any]:
    return {
        "coder": who.coder,
        "dimension": who.dimension,
        "n_sessions": who.n_sessions,
        "n_scores": who.n_scores,
        "bias": who.bias,
        "within_1": who.within_1,
        "severity": plain_estimate(who.severity),
    }


def _consistency(each: Consistency) -> dict[str, Any]:
    return {
        "domain": each.domain,
        "title": each.title,
        "dimension": each.dimension,
        "n_scales": each.scales,
        "alpha": plain_estimate(each.alpha),
        "omega": plain_estimate(each.omega),
    }


def _moments(moments: Moments) -> dict[str, Any]:
    return {"mean": moments.mean, "sd": moments.sd, "n_sessions": moments.n}


def plain_estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    """An estimate under the keys that the help lists; None when there is none."""
    if estimate is None:
        return None
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "se": estimate.se,
        "confidence": estimate.confidence,
        "n_sessions": estimate.n_sessions,
        "n_multiple": estimate.n_multiple,
        "n_ratings": estimate.n_ratings,
        "n_coders": estimate.n_coders,
        "method": estimate.method,
        "reason": estimate.reason,
        "remark": estimate.remark or None,
        "flags": list(estimate.flags),
        "seed": estimate.seed,
        "replicates": estimate.replicates,
        "undefined_replicates": estimate.undefined_replicates,
    }


def without_nan(value: Any) -> Any:
    """The value with None for what JSON has no number for."""
    if isinstance(value, Mapping):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_nan(each) for each in value]
    if isinstance(value, float):
        # Numbers of numpy are floats too, and are written as plain ones.
        return float(value) if math.isfinite(value) else None
    return value
