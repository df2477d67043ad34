"""Coders held to the study's rule: printed, written as JSON, and the verdict kept."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.decimals import counted
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

if TYPE_CHECKING:
    from mio_fidelity.analysis.against import Against
    from mio_fidelity.analysis.judgement import Judgement
    from mio_fidelity.coding.certification import Certificate

EPILOG = """without --certify nothing is stored: it says how everybody stands, and which verdicts there are.

the JSON file has the keys
  schema_version   1; changes when a key changes its meaning or goes
  required         whether the study gives sessions to certified coders only
  rule             sessions, share, within, icc, domain_share, scored, purposes, last; null is not asked for
  rule_in_words    sentences
  coders           one for each: coder, passed, verdict, instrument, data_sha256 and
    criteria         key, part (dimension or domain), met, value, asked, why
    counts           asked, no_master, applicability, scorable, not_scored, compared, within
    sessions         label, blind_code, submitted_at; not_counted: label, blind_code, why
    dimensions       key, title, compared, within, icc (an estimate); domains: the same
    scales           scale, dimension, n, icc, kappa (estimates), sensitivity, specificity, coder_mean,
                     coder_sd, master_mean, master_sd, bias (an estimate), t, df, p, exact, within_1
    remarks          sentences
    verdicts         given before, the latest first: made_at, by, passed, data_sha256, n_sessions
Estimates are as in the JSON of the command reliability. What is undefined is null."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What holding coders to the rule needs."""
    study_arguments(parser)
    parser.add_argument("--coder", metavar="CODE", help="only this person")
    parser.add_argument(
        "--certify", action="store_true", help="keep the verdict on --coder for good, passed or not"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to OUT")
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Judge, keep the verdict if asked to, and print."""
    from mio_fidelity.analysis.certification import certify, judge, judge_all
    from mio_fidelity.coding import certification

    _check(options)
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        if options.coder is None:
            found = project.ask(judge_all)
        else:
            found = (project.ask(judge, _person(project, options.coder)),)
        if options.certify:
            project.do(certify, found[0].person_id, found[0].data_sha256)
        given = project.ask(certification.certificates)
        rule, required = project.ask(certification.rule), project.ask(certification.required)
    if options.json:
        plain = {
            "schema_version": 1,
            "required": required,
            "rule": certification.rule_to_plain(rule),
            "rule_in_words": list(map(str, rule.words())),
            "coders": [_plain(one, _of(given, one)) for one in found],
        }
        _write(options.json, plain)
    print("The rule:", *(f"  - {words}" for words in rule.words()), sep="\n")
    if required:
        print("Only certified coders are given sessions to code for the study.")
    for one in found:
        print("", *_lines(one, _of(given, one)), sep="\n")
    if options.json:
        print(f"\nThe figures are in {options.json}")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Find out what is wrong before the study is opened."""
    if options.certify and options.coder is None:
        raise UserError("Say whose verdict is to be kept: add --coder with the code of one person.")
    if options.json and any(os.path.exists(up / "study.db") for up in options.json.resolve().parents):
        raise UserError("Reports are not written into a study folder. Choose another place.")


def _person(project: Project, code: str) -> str:
    from mio_fidelity.coding import people

    for member in project.ask(people.roster):
        if member.code == code:
            return member.id
    raise UserError("Nobody in the study is called {code}.", code=code)


def _of(given: "tuple[Certificate, ...]", one: "Judgement") -> "list[Certificate]":
    return [each for each in given if each.person_id == one.person_id]


def _lines(one: "Judgement", given: "list[Certificate]") -> Iterator[str]:
    yield str(one.verdict)
    if one.sessions:
        first, last = (one.sessions[at].submitted_at.astimezone() for at in (0, -1))
        days = f"submitted {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        yield f"  {counted(len(one.sessions), 'session')}, {days}; {one.instrument}"
    for criterion in one.criteria:
        yield f"  {'shown    ' if criterion.met else 'not shown'}  {criterion.why}"
    for remark in one.remarks:
        yield f"  note       {remark}"
    for left in one.not_counted:
        yield f"  left out   {left.label}: {left.why}"
    for certificate in given:
        verdict = "passed" if certificate.passed else "not passed"
        yield f"  verdict    {certificate.made_at.astimezone():%Y-%m-%d %H:%M} by {certificate.by}: {verdict}"
    if not given:
        yield "  verdict    none given yet"


def _plain(one: "Judgement", given: "list[Certificate]") -> dict[str, Any]:
    from mio_fidelity.cli.findings_json import plain_estimate

    parts = {
        name: [
            {
                "key": part.key,
                "title": part.title,
                "compared": part.compared,
                "within": part.within,
                "icc": plain_estimate(part.icc),
            }
            for part in getattr(one, name)
        ]
        for name in ("dimensions", "domains")
    }
    return {
        "coder": one.coder,
        "passed": one.passed,
        "verdict": str(one.verdict),
        "instrument": one.instrument,
        "data_sha256": one.data_sha256,
        "criteria": [_fields(each, "key", "part", "met", "value", "asked", "why") for each in one.criteria],
        "counts": _fields(one.tally, *type(one.tally).__dataclass_fields__),
        "sessions": [
            {**_fields(each, "label", "blind_code"), "submitted_at": each.submitted_at.isoformat()}
            for each in one.sessions
        ],
        "not_counted": [_fields(each, "label", "blind_code", "why") for each in one.not_counted],
        **parts,
        "scales": [
            {"scale": row.scale, "dimension": row.dimension, **_figures(row.figures)} for row in one.scales
        ],
        "remarks": list(map(str, one.remarks)),
        "verdicts": [_verdict(each) for each in given],
    }


def _figures(one: "Against") -> dict[str, Any]:
    from mio_fidelity.cli.findings_json import plain_estimate

    estimates = ("icc", "kappa", "bias")
    names = type(one).__dataclass_fields__
    return {
        name: plain_estimate(getattr(one, name)) if name in estimates else getattr(one, name)
        for name in names
    }


def _verdict(one: "Certificate") -> dict[str, Any]:
    from mio_fidelity.analysis.certification import filed

    kept = filed(one)
    return {
        "made_at": one.made_at.isoformat(),
        "by": one.by,
        "passed": one.passed,
        "data_sha256": kept.data_sha256,
        "n_sessions": len(kept.sessions),
    }


def _fields(one: Any, *names: str) -> dict[str, Any]:
    return {name: str(value) if isinstance(value := getattr(one, name), str) else value for name in names}


def _write(path: Path, plain: dict[str, Any]) -> None:
    from mio_fidelity.cli.findings_json import without_nan
    from mio_fidelity.report.files import replacing

    text = json.dumps(without_nan(plain), ensure_ascii=False, indent=2, allow_nan=False)
    with replacing(path) as scratch:
        scratch.write_text(text + "\n", encoding="utf-8")
