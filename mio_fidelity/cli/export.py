"""Writing the tables of the study page: printed, as CSV, as a workbook, or as JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.coding import people
from mio_fidelity.coding.listing import Listing
from mio_fidelity.coding.listings import LISTINGS, listing
from mio_fidelity.decimals import counted
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

EPILOG = """one table is written as CSV (.csv) or as a workbook (.xlsx), several as a workbook, which has a
sheet for each and one that says what the columns hold. File names, notes and evidence are in none of them.

--json prints one object with the keys
  schema_version   1; changes when a key changes its meaning or goes
  day              the day it was reckoned for
  tables           table -> columns (keys) and rows (lists of values; days as texts, lengths in seconds)"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What writing tables needs."""
    study_arguments(parser)
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"which tables, all without any: {', '.join(LISTINGS)}"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to this .csv or .xlsx file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Ask for the tables and write them."""
    from mio_fidelity.report.listings import Origin, as_plain, write_listing_csv, write_listings

    keys = list(dict.fromkeys(options.tables)) or list(LISTINGS)
    kind = options.out.suffix.casefold() if options.out else ""
    _check(options, keys, kind)
    today = date.today()
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        found = [project.ask(listing, key, today) for key in keys]
        title = project.ask(people.study_facts).title
    if kind == ".csv":
        write_listing_csv(options.out, found[0])
    elif kind == ".xlsx":
        write_listings(options.out, found, Origin(title, {}))
    if options.json:
        tables = {each.key: _plain(each, as_plain) for each in found}
        json.dump(
            {"schema_version": 1, "day": today.isoformat(), "tables": tables}, sys.stdout, ensure_ascii=False
        )
        print()
    else:
        rows = counted(sum(len(each.rows) for each in found), "row")
        print(f"Written: {rows} in {counted(len(found), 'table')}.")
    return 0


def _check(options: argparse.Namespace, keys: Sequence[str], kind: str) -> None:
    """Find out what is wrong before the study is opened."""
    if not set(keys) <= set(LISTINGS):
        # Without repeating it: it may be a file name in the wrong place.
        raise UserError("There is no such table. Choose from {all}.", all=", ".join(LISTINGS))
    if options.out and kind not in (".csv", ".xlsx"):
        raise UserError("Tables are written as CSV or as a workbook: name a file that ends in .csv or .xlsx.")
    if kind == ".csv" and len(keys) > 1:
        raise UserError(
            "Several tables are written as a workbook: name a file that ends in .xlsx, or one table."
        )
    if not options.out and not options.json:
        raise UserError("Say where the tables go: --out FILE, or --json.")


def _plain(each: Listing, as_plain: Any) -> dict[str, Any]:
    kinds = [column.kind for column in each.columns]
    return {
        "columns": [column.key for column in each.columns],
        "rows": [
            [as_plain(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in each.rows
        ],
    }
