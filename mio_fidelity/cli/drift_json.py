"""The drift of a study as JSON, under keys that stay. The help of the command lists them."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from mio_fidelity.analysis.drift_results import CoderDrift, DriftReport
from mio_fidelity.report.files import replacing

SCHEMA_VERSION = 1
# What tells one study's rows from another's and nobody outside needs.
_INSIDE = {"person_id", "rating_id", "reference_ids", "reference_id", "id"}


def write_json(path: Path, report: DriftReport) -> None:
    """Write the report to ``path``, whole or not at all.

    Raises:
        UserError: the file could not be written; it says why.
    """
    text = json.dumps(as_json(report), ensure_ascii=False, indent=1, allow_nan=False)
    with replacing(path) as scratch:
        scratch.write_text(text + "\n", encoding="utf-8")


def as_json(report: DriftReport) -> dict[str, Any]:
    """The report as dictionaries and lists; a number that is undefined is None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "edition": report.edition,
        "options": _plain(report.options),
        "topics": _plain(report.topics),
        "dimensions": dict(report.dimensions),
        "remarks": _plain(report.remarks),
        "apart": _plain(report.apart),
        "coders": {coder.coder: _coder(coder) for coder in report.coders},
        "group": _plain(report.group),
    }


def _coder(coder: CoderDrift) -> dict[str, Any]:
    found: dict[str, Any] = _plain(coder)
    found["within_1"] = {
        reference.value: {"share": share, "n": n} for reference, (share, n) in coder.within_1.items()
    }
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _INSIDE
        }
    if isinstance(value, Mapping):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, str) else value
