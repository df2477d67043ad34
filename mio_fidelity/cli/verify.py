"""Saying whether a study is what it says it is."""

import argparse
import json
import sys

from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.media.progress import Progress
from mio_fidelity.store.verify import verify_study

EPILOG = """\
looks at:
  file        every page of study.db authentic, every table and reference sound, and the rules in force by
              which the database keeps submitted ratings and the trail
  trail       every line of the audit trail fits the one before it
  tail        nothing was removed from the end of the trail since the study was last closed or backed up
  rows        ratings, people, sessions and all else that the trail tells of are as it says; nothing was
              changed past the program
  recordings  each is in its place, in its size; in the vault its key opens its beginning and its end, and no
              key of a removed one is left (with --fingerprints: each is read whole and compared)
  backups     each can be read whole

exit code:
  0  everything fits
  1  something is damaged, changed or missing; the lines say what
  2  the study could not be looked at: wrong pass phrase, open elsewhere, or unreadable

No names, ids or places are printed. Who has the pass phrase, the program's source and time can write a new
trail that fits; keep a copy of study.head or of the numbers elsewhere when that matters.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to look at, and how to say it."""
    study_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--fingerprints", action="store_true", help="read every recording whole")


def run(options: argparse.Namespace) -> int:
    """Print what was found; 1 when something does not fit."""
    progress = Progress(_show if options.fingerprints and sys.stderr.isatty() else None, None)
    checks = verify_study(options.study, passphrase(options), options.fingerprints, progress)
    fits = all(check.fits for check in checks)
    if options.json:
        found = {
            check.key: {"fits": check.fits, "says": str(check.says), **check.numbers} for check in checks
        }
        print(json.dumps({"fits": fits, "checks": found}, indent=1))
    else:
        for check in checks:
            print(f"{'ok ' if check.fits else 'NOT'}  {check.key:12} {check.says}")
    return 0 if fits else 1


def _show(share: float) -> None:
    print(f"\rReading the recordings: {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr)
