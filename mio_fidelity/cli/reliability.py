"""How reliable ratings are: printed, and written as a workbook, as JSON and as long data."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mio_fidelity.cli.acting import sign_in, sign_in_if_needed
from mio_fidelity.cli.freezing import (
    check_freezing,
    freezing_arguments,
    frozen_lines,
    keep,
    person_who_freezes,
)
from mio_fidelity.cli.passphrase import passphrase, passphrase_argument
from mio_fidelity.cli.words import chosen_values, pair_of, points_of, study_filter
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import read_instrument
from mio_fidelity.media.progress import OnProgress
from mio_fidelity.store import Project, Purpose

if TYPE_CHECKING:
    from mio_fidelity.analysis.beside import Beside
    from mio_fidelity.analysis.results import Findings, Options
    from mio_fidelity.analysis.table import ScoreTable
    from mio_fidelity.exchange.dry_run import DryRun
    from mio_fidelity.report.bands import Scheme

EPILOG = """a table is CSV or Excel, with the columns session, coder, scale, dimension, value in any order,
or session, coder and one column for each scale and dimension, such as warm_regard_fidelity.
Scales that are not those of an instrument have the points 1-7 unless --points says otherwise.
Empty cells, NA, N/A and "." are missing; other codes, such as 99, only with --na 99.

filters: arm=, site=, coder=; for a study also purpose=, since=, until=, first=, last=, instrument=.
Several values of one key are separated by commas. Without a purpose: reliability.

the JSON file has the keys
  schema_version        1; changes when a key changes its meaning or goes
  source                "study" or "table"
  computed_at, versions, data_sha256, filter, options
  bands                 scheme, title, limits, words
  design                kind, form, headline, why, chosen_by_hand, k_hat, q, coder_groups, and n_...
  rows                  one for each scale, then each domain score, in each dimension: kind, key, title,
                        number, domain, dimension, band, moments, moments_by_arm, remarks, histogram and
                        the estimates icc, average, consistency, alpha, ac2, exact, within_1, and
                        applicability (null, or an estimate for each coefficient)
  pairs, coders         two coders, and each coder against the others, per dimension
  internal_consistency  alpha and omega of each domain, per dimension
  left_out, coded_once  ratings that were not used with why; sessions with one coder
An estimate has value, low, high, se, confidence, n_sessions, n_multiple, n_ratings, n_coders, method,
reason, remark, flags, seed, replicates, undefined_replicates. What is undefined is null, and reason
and remark say why."""

MOST_SHOWN = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "source", type=Path, metavar="STUDY_OR_TABLE", help="a study folder, or a table of ratings"
    )
    passphrase_argument(parser)
    for name, what in (("xlsx", "the workbook"), ("json", "all figures"), ("csv", "the long data")):
        parser.add_argument(f"--{name}", type=Path, metavar="OUT", help=f"write {what} to OUT")
    parser.add_argument(
        "--filter", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="use only these ratings"
    )
    parser.add_argument(
        "--form",
        choices=("auto", "two-way", "one-way"),
        default="auto",
        help="form of the ICC; auto: by who coded what",
    )
    parser.add_argument(
        "--bands", choices=("cicchetti", "koo-li"), default="cicchetti", help="whose words for good and poor"
    )
    parser.add_argument(
        "--interval", choices=("logit", "bootstrap"), default="logit", help="interval of the ICC"
    )
    parser.add_argument("--replicates", type=int, metavar="N", help="resamples of the intervals")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the resampling")
    freezing_arguments(parser)
    table = parser.add_argument_group("a table")
    table.add_argument("--points", metavar="1-7", help="the points of scales that no instrument declares")
    table.add_argument("--instrument", type=Path, metavar="FILE", help="the lab's own instrument file")
    table.add_argument("--na", action="append", default=[], metavar="CODE", help="one more code for missing")
    table.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="WHAT=TITLE",
        help="title of the column with the session, coder, scale, dimension, value, arm, site or rated_on",
    )
    table.add_argument(
        "--leave-out", action="append", default=[], metavar="TITLE", help="a column with something else"
    )
    table.add_argument(
        "--drop-bad-rows", action="store_true", help="use the good rows although others are wrong"
    )


def run(options: argparse.Namespace) -> int:
    """Compute, write what was asked for, and print the table."""
    from mio_fidelity.analysis.findings import compute
    from mio_fidelity.cli.printed import printed

    _refuse_overwriting(options)
    how = _how(options)
    # Unlike Path.is_dir, a place one may not look at counts as absent.
    is_study = os.path.isdir(options.source) or options.source.name == "study.db"
    check_freezing(options, is_study)
    folder = options.source.parent if options.source.name == "study.db" else options.source
    phrase = passphrase(options) if is_study else ""
    if options.frozen:
        print(*frozen_lines(folder, phrase, options.by), sep="\n")
        return 0
    table, master, found = (
        _of_study(options, folder, phrase) if is_study else (_of_table(options), None, None)
    )
    scheme: Scheme = "koo_li" if options.bands == "koo-li" else "cicchetti"
    findings = compute(table, how, _shown_progress("Computing"))
    written = _write(options, findings, table, master, found, scheme, "study" if is_study else "table")
    if options.freeze is not None:
        written.append(keep(folder, phrase, options, findings, table))
    for line in [*printed(findings, table, scheme), *written]:
        print(line)
    return 0


def _write(
    options: argparse.Namespace,
    findings: "Findings",
    table: "ScoreTable",
    master: "ScoreTable | None",
    beside: "Beside | None",
    scheme: "Scheme",
    source: str,
) -> list[str]:
    """Write the files that were asked for; a line for each."""
    said = []
    if options.xlsx:
        from mio_fidelity.report.workbook import write_workbook

        write_workbook(
            options.xlsx,
            findings,
            table,
            bands=scheme,
            master=master,
            beside=beside,
            on_progress=_shown_progress("Writing the workbook"),
        )
        said.append(f"The workbook is in {options.xlsx}")
    if options.json:
        from mio_fidelity.cli.findings_json import write_json

        write_json(options.json, findings, scheme, source)
        said.append(f"The figures are in {options.json}")
    if options.csv:
        from mio_fidelity.report.long import write_long_csv

        write_long_csv(options.csv, table)
        said.append(f"The long data are in {options.csv}")
    return said


def _of_study(
    options: argparse.Namespace, folder: Path, phrase: str
) -> "tuple[ScoreTable, ScoreTable | None, Beside | None]":
    """The scores of a study, its master codes where it has any, and what a workbook tells beside them."""
    from mio_fidelity.analysis.study import score_table

    chosen = study_filter(options.filter)
    with Project.open(folder, phrase) as project:
        if options.freeze is not None:
            person_who_freezes(project, options.by)
        sign_in_if_needed(project, options.by)
        table = project.ask(score_table, chosen)
        master = None
        # A study without master codes has nothing to compare with.
        with suppress(UserError):
            master = project.ask(score_table, replace(chosen, purposes=(Purpose.MASTER,), coders=()))
        found = _beside(project, options.by) if options.xlsx else None
    if not table.sessions:
        raise UserError("No submitted ratings are left. Choose another purpose or filter.")
    return table, master, found


def _beside(project: Project, code: str | None) -> "Beside | None":
    """Drift, certification and counselors, for a supervisor; others' workbooks go without."""
    from mio_fidelity.analysis.beside import beside

    try:
        sign_in(project, code)
        return project.ask(beside)
    except UserError as error:
        print(
            f"Without the sheets on drift, certification and counselors: {error}",
            file=sys.stderr,
        )
        return None


def _of_table(options: argparse.Namespace) -> "ScoreTable":
    from mio_fidelity.exchange.dry_run import Wanted
    from mio_fidelity.exchange.ratings_file import refusal, table_of, try_file
    from mio_fidelity.exchange.values import NA_CODES

    wanted = Wanted(
        read_instrument(options.instrument) if options.instrument else None,
        points_of(options.points) if options.points else None,
        (*NA_CODES, *options.na),
    )
    named = dict(pair_of(text, "--column") for text in options.column)
    tried = try_file(options.source, wanted, named, options.leave_out)
    _show_problems(tried)
    if not tried.usable or (tried.errors and not options.drop_bad_rows):
        raise refusal(tried)
    kept, words = _filtered(tried, options.filter)
    return replace(table_of(kept), filter_words={"source": "a table of ratings given elsewhere", **words})


def _show_problems(tried: "DryRun") -> None:
    """The dry run, where whoever mends the file reads it; a file-wide error is said in the last sentence."""
    lines = [str(problem) for problem in tried.problems if problem.row is not None or not problem.error]
    for line in lines[:MOST_SHOWN]:
        print(line, file=sys.stderr)
    if len(lines) > MOST_SHOWN:
        print(f"... and {len(lines) - MOST_SHOWN} more", file=sys.stderr)
    if tried.errors and tried.usable:
        print("To use the good rows all the same, add --drop-bad-rows.", file=sys.stderr)


def _filtered(tried: "DryRun", words: Sequence[str]) -> "tuple[DryRun, dict[str, str]]":
    chosen = chosen_values(words)
    if unknown := set(chosen) - {"arm", "site", "coder"}:
        raise UserError(
            "A table cannot be filtered by {key}. Use arm, site or coder.", key=", ".join(sorted(unknown))
        )
    scores = tuple(
        score
        for score in tried.scores
        if score.coder in chosen.get("coder", (score.coder,))
        and ("arm" not in chosen or tried.arms.get(score.session) in chosen["arm"])
        and ("site" not in chosen or tried.sites.get(score.session) in chosen["site"])
    )
    if not scores:
        raise UserError("No ratings are left. Choose another filter.")
    return replace(tried, scores=scores), {f"{key}s": ", ".join(values) for key, values in chosen.items()}


def _how(options: argparse.Namespace) -> "Options":
    from mio_fidelity.analysis.results import Options

    usual = Options()
    seed = usual.seed if options.seed is None else options.seed
    replicates = usual.replicates if options.replicates is None else options.replicates
    if not 0 <= seed < 2**32:
        raise UserError("The seed is a whole number from 0 to 4294967295.")
    if not 100 <= replicates <= 100_000:
        raise UserError("The number of replicates lies between 100 and 100000.")
    form = options.form.replace("-", "_")
    return Options(form=form, interval=options.interval, replicates=replicates, seed=seed)


def _refuse_overwriting(options: argparse.Namespace) -> None:
    outs = [path.resolve() for path in (options.xlsx, options.json, options.csv) if path]
    inputs = {
        path.resolve() for path in (options.source, options.instrument, options.passphrase_file) if path
    }
    if len(set(outs)) < len(outs):
        raise UserError("Two files would be written to the same place. Give each a name of its own.")
    for out in outs:
        if out in inputs:
            raise UserError("This would overwrite a file that is read. Choose another name to write to.")
        if any(os.path.exists(up / "study.db") for up in out.parents):
            raise UserError("Reports are not written into a study folder. Choose another place.")


def _shown_progress(what: str) -> OnProgress | None:
    if not sys.stderr.isatty():
        return None

    def show(share: float) -> None:
        print(f"\r{what}: {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr)

    return show
