"""Saying which coder has drifted since when, printed or as JSON."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.decimals import counted
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

if TYPE_CHECKING:
    from mio_fidelity.analysis.drift_results import CoderDrift, DriftReport, DriftSeries

EPILOG = """A change is flagged when the moving average and the cumulative sum are both beyond their limits
to the same side, it has lasted, and it is larger than chance makes it; the page's help has the rule in full
and says how sure it is. A flag is no error: the exit code is 0 with and without one, and 2 when nothing could
be charted or written.

--json writes one object with the keys
  schema_version   1; changes when a key changes its meaning or goes
  edition          title and edition of the instrument
  options          what was charted, and what flags rest on
  topics           the domains or scales that are charted, in the order of the form
  dimensions       key -> title
  remarks, apart   sentences
  coders           coder -> coder, standing, words, series, within_1, stability, leniency, context,
                   disagreements, recalibrations, n_double, n_master
  group            the series of all coders together, against master codes
A series has its limits, flags and points; days are texts, differences are points of the scale. NaN is null.
Names, notes and file names are in none of them."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What drift is asked of."""
    study_arguments(parser)
    parser.add_argument(
        "--coder", action="append", default=[], metavar="CODE", help="this coder alone; may be repeated"
    )
    parser.add_argument(
        "--reference",
        choices=("both", "master", "partners"),
        default="both",
        help="what scores are held against",
    )
    parser.add_argument(
        "--by",
        dest="topics",
        choices=("domain", "scale"),
        default="domain",
        help="a chart for each domain, or each scale",
    )
    parser.add_argument(
        "--dimension", action="append", default=[], metavar="KEY", help="such as fidelity; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything to this file")
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Chart, print, and write what was asked for."""
    from mio_fidelity.analysis.drift import drift
    from mio_fidelity.analysis.drift_results import DriftOptions, Reference
    from mio_fidelity.cli.drift_json import write_json

    if options.json and options.json.suffix.casefold() != ".json":
        raise UserError("Name a file that ends in .json.")
    references = tuple(Reference) if options.reference == "both" else (Reference(options.reference),)
    how = DriftOptions(references, options.topics, tuple(options.coder), tuple(options.dimension))
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        report = project.ask(drift, how)
    if options.json:
        write_json(options.json, report)
    for line in [*lines(report), *(["", "Written."] if options.json else [])]:
        print(line)
    return 0


def lines(report: "DriftReport") -> list[str]:
    """The report for a terminal: a block for each coder, then what to keep in mind."""
    found = [f"Drift: {report.edition}"]
    found += [report.banner] if report.banner else []
    titles = {topic.key: topic.title for topic in report.topics}
    for coder in report.coders:
        found += ["", f"{coder.coder}: {coder.standing.value.replace('_', ' ')}"]
        found += [f"  {words}" for words in coder.words]
        found += [f"  {line}" for line in _facts(coder)]
        found += [
            f"    {each.reference.value:8} {titles[each.topic]}, {each.dimension}: {_numbers(each)}"
            for each in coder.series
            if each.points
        ]
    group = [each.words for each in report.group if each.flags]
    found += ["", *(str(words) for words in (*group, *report.apart, *report.remarks))]
    return found


def _facts(coder: "CoderDrift") -> list[str]:
    shared = [
        f"within 1 point of {'master codes' if reference == 'master' else 'partners'} {share:.0%} (n = {n})"
        for reference, (share, n) in coder.within_1.items()
    ]
    again = [
        f"re-codes, {each.dimension}: within 1 point {each.within_1:.0%} (n = {each.n_scores}), "
        f"change {each.change:+.2f}"
        for each in coder.stability
        if each.n_scores
    ]
    context = coder.context
    work = []
    if not math.isnan(context.minutes):
        work.append(f"{counted(round(context.minutes), 'minute')} a session (n = {context.minutes_n})")
    if not math.isnan(context.coverage):
        work.append(f"{context.coverage:.0%} of the recording heard (n = {context.coverage_n})")
    return [", ".join(each) for each in (shared, again, work) if each]


def _numbers(series: "DriftSeries") -> str:
    return f"n = {series.n}, mean {series.mean:+.2f}, within 1 {series.within_1:.0%}. {series.words}"
