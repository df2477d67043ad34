"""The fidelity of counselors: printed, and written as JSON."""

import argparse
import json
import os
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mio_fidelity.cli.acting import sign_in, supervisor_argument
from mio_fidelity.cli.passphrase import passphrase, study_arguments
from mio_fidelity.decimals import counted
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project

if TYPE_CHECKING:
    from mio_fidelity.analysis.counselor_results import (
        ClientLine,
        CounselorLine,
        CounselorReport,
        Figure,
        OwnRow,
        SessionScore,
        Share,
    )
    from mio_fidelity.coding.listing import Listing

EPILOG = """scores are means of a domain's scales, by the missing rule of the instrument. Which ones stand
for a session: --rule consensus (one rating; of a session coded twice the consensus when there is one, else
the mean), mean (never the consensus), first (the rating submitted first). Master codes, training, drift
checks, re-codes and self-ratings never count. There is no criterion unless the study has chosen one.

the JSON file has the keys
  schema_version  1; changes when a key changes its meaning or goes
  instrument      title, edition, sha256, banner
  rule            key and words
  criterion       lines of arm (empty: any), domain, dimension, least, most; empty when none is chosen
  share           met, judged, value, low, high, unjudged (a score is lacking), unasked (other arms), why
  counselors      code, sites, arms, share, own_sessions, scores, scales, clients, sessions, own
    scores          one for each domain and dimension: mean, sd, n, and trend (points per session within
                    clients: value, low, high, n, why)
    clients         client, and trends: domain, dimension, value, low, high, n, why
    sessions        client, number, arm, site, coders, source, meets, scores
    own             self-rating against coders, one for each domain and dimension
  arms            compared, and rows: domain, dimension, by_arm (mean, sd, n, counselors), difference
  own             self-ratings against coders over all counselors
  remarks         sentences
What cannot be computed is null, and why, or the reason and remark of an estimate, say why."""

WIDTH = 110


def arguments(parser: argparse.ArgumentParser) -> None:
    """What a report on counselors needs."""
    study_arguments(parser)
    parser.add_argument("--counselor", metavar="CODE", help="only this counselor, session by session")
    parser.add_argument(
        "--rule",
        choices=("consensus", "mean", "first"),
        default="consensus",
        help="which scores stand for a session, see below",
    )
    parser.add_argument("--arms", nargs=2, metavar="ARM", help="the two arms to compare, first minus second")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to OUT")
    supervisor_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Compute, write what was asked for, and print."""
    from mio_fidelity.analysis.counselor_results import CounselorOptions, Rule
    from mio_fidelity.analysis.counselors import counselor_report

    if options.json and any(os.path.exists(up / "study.db") for up in options.json.resolve().parents):
        raise UserError("Reports are not written into a study folder. Choose another place.")
    asked = CounselorOptions(Rule(options.rule), tuple(options.arms) if options.arms else None)
    with Project.open(options.study, passphrase(options)) as project:
        sign_in(project, options.by)
        report = project.ask(counselor_report, asked)
    code = options.counselor
    if code is not None and code not in {each.code for each in report.counselors}:
        # Without repeating it: it may be a name.
        raise UserError("There is no such counselor in the study. Check the code.")
    lines = [*_of_one(report, code)] if code else [*_of_all(report)]
    if options.json:
        write_json(options.json, report, code)
        lines.append(f"The figures are in {options.json}")
    print(*lines, sep="\n")
    return 0


def write_json(path: Path, report: "CounselorReport", code: str | None = None) -> None:
    """Write a report as JSON, of one counselor or of all.

    Raises:
        UserError: the file could not be written; it says why.
    """
    from mio_fidelity.report.files import replacing

    with replacing(path) as scratch:
        scratch.write_text(json.dumps(as_json(report, code), ensure_ascii=False, indent=1), encoding="utf-8")


def as_json(report: "CounselorReport", code: str | None = None) -> Mapping[str, Any]:
    """A report as plain values, without NaN."""
    from mio_fidelity.cli.findings_json import without_nan

    made = report.instrument
    kept = [each for each in report.counselors if code in (None, each.code)]
    found = {
        "schema_version": 1,
        "instrument": {
            "title": made.title,
            "edition": made.edition,
            "sha256": made.sha256,
            "banner": made.banner,
        },
        "rule": {"key": report.options.rule.value, "words": str(report.rule)},
        "criterion": [asdict(band) for band in report.bands],
        "share": _share(report.share),
        "counselors": [_line(report, each) for each in kept],
        "arms": {
            "compared": report.compared,
            "rows": [
                {
                    "domain": row.domain,
                    "dimension": row.dimension,
                    "by_arm": {
                        arm: {**asdict(level.moments), "counselors": dict(level.counselors)}
                        for arm, level in row.by_arm.items()
                    },
                    "difference": _figure(row.difference),
                }
                for row in report.arm_rows
            ],
        },
        "own": [_own(row) for row in report.own],
        "remarks": list(map(str, report.remarks)),
    }
    return dict(without_nan(found))


def _line(report: "CounselorReport", line: "CounselorLine") -> dict[str, Any]:
    return {
        "code": line.code,
        "sites": list(line.sites),
        "arms": list(line.arms),
        "share": _share(line.share),
        "own_sessions": line.own_sessions,
        "scores": [
            {
                "domain": domain,
                "dimension": dimension,
                **asdict(line.moments[domain, dimension]),
                "trend": _figure(line.trends[domain, dimension]),
            }
            for domain, dimension in report.slots
        ],
        "scales": [
            {"scale": scale, "dimension": dimension, **asdict(each)}
            for (scale, dimension), each in line.scales.items()
        ],
        "clients": [_client(report, each) for each in line.clients],
        "sessions": [_session(each) for each in line.sessions],
        "own": [_own(row) for row in line.own],
    }


def _client(report: "CounselorReport", line: "ClientLine") -> dict[str, Any]:
    from mio_fidelity.analysis.counselors import trends

    found = trends(report.slots, line.sessions, report.options.confidence)
    slopes = [
        {"domain": domain, "dimension": dimension, **_figure(trend)}
        for (domain, dimension), trend in found.items()
    ]
    return {"client": line.client, "trends": slopes}


def _session(each: "SessionScore") -> dict[str, Any]:
    return {
        "client": each.client,
        "number": each.row.number,
        "arm": each.row.arm or None,
        "site": each.row.site or None,
        "coders": each.coders,
        "source": each.source.value,
        "meets": each.meets,
        "scores": [
            {"domain": domain, "dimension": dimension, "score": score}
            for (domain, dimension), score in each.scores.items()
        ],
    }


def _own(row: "OwnRow") -> dict[str, Any]:
    from mio_fidelity.cli.findings_json import plain_estimate

    estimates = ("bias", "low", "high", "correlation", "icc")
    plain = {name: getattr(row, name) for name in ("domain", "dimension", "n", "own_mean", "coder_mean")}
    return plain | {name: plain_estimate(getattr(row, name)) for name in estimates}


def _figure(figure: "Figure") -> dict[str, Any]:
    return {**asdict(figure), "why": str(figure.why)}


def _share(share: "Share") -> dict[str, Any]:
    figure = _figure(share.figure)
    counts = {"met": share.met, "judged": figure.pop("n")}
    return {**counts, "unjudged": share.unjudged, "unasked": share.unasked, **figure}


def _of_all(report: "CounselorReport") -> Iterator[str]:
    from mio_fidelity.analysis.counselor_listings import arms_listing, counselors_listing, own_listing

    yield from _head(report)
    # The numbers behind the means would make the table twice as wide; they are in the JSON.
    yield from _table(counselors_listing(report), without="_n")
    yield from _wrapped("Means are over the sessions that have the score: --counselor CODE says how many.")
    yield ""
    yield from _table(arms_listing(report))
    yield from _wrapped("Differences are of counselor means: each counselor counts once (Welch's t).")
    if report.own:
        yield ""
        yield from _table(own_listing(report))


def _of_one(report: "CounselorReport", code: str) -> Iterator[str]:
    from mio_fidelity.analysis.counselor_listings import own_listing, sessions_listing

    line = report.line(code)
    yield from _head(report)
    yield from _table(sessions_listing(report, code))
    yield ""
    yield "Mean, and trend in points per session within clients"
    for slot in report.slots:
        moments, trend = line.moments[slot], line.trends[slot]
        interval = "" if trend.low != trend.low else f" [{trend.low:+.2f}, {trend.high:+.2f}]"
        slope = "" if trend.value != trend.value else f"{trend.value:+.2f}{interval}, n {trend.n}"
        mean = "no scores" if not moments.n else f"M {moments.mean:.2f}, n {moments.n}"
        yield f"  {report.title(slot)}: {mean}; {'. '.join(filter(None, (slope, str(trend.why))))}"
    if line.own:
        yield ""
        yield from _table(own_listing(report, code))


def _head(report: "CounselorReport") -> Iterator[str]:
    made = report.instrument
    yield f"{made.title}, edition {made.edition}"
    if made.banner:
        yield made.banner
    yield from _wrapped(str(report.rule))
    yield from _wrapped(_criterion(report))
    for remark in report.remarks:
        yield from _wrapped(str(remark))
    yield ""


def _criterion(report: "CounselorReport") -> str:
    from mio_fidelity.analysis.counselor_listings import band_words

    if not report.bands:
        return "The study has not chosen a criterion."
    asked = "; ".join(band_words(report, band) for band in report.bands)
    share, figure = report.share, report.share.figure
    if figure.n:
        interval = f"{figure.value:.0%} [{figure.low:.0%}, {figure.high:.0%}], Wilson over sessions"
        words = [f"{share.met} of {counted(figure.n, 'session')} meet it ({interval})"]
    else:
        words = [str(figure.why).rstrip(".")]
    if share.unjudged:
        words.append(f"{share.unjudged} cannot be told, for a score is lacking")
    if share.unasked:
        words.append(f"of {share.unasked} in other arms nothing is asked")
    return f"The study's own criterion: {asked}. {'; '.join(words)}."


def _table(listing: "Listing", without: str = " ") -> Iterator[str]:
    """Columns that say nothing are left out, and those whose keys end as ``without``."""
    keep = [
        at
        for at, column in enumerate(listing.columns)
        if not column.key.endswith(without) and any(row[at] is not None for row in listing.rows)
    ]
    # "Domain: dimension" stands in two lines.
    heads = [str(listing.columns[at].title).rpartition(": ") for at in keep]
    above, below = [head[0] for head in heads], [head[2] for head in heads]
    rows = [[_cell(row[at], listing.columns[at].kind) for at in keep] for row in listing.rows]
    widths = [max(map(len, column)) for column in zip(above, below, *rows, strict=True)]
    yield str(listing.title)
    for row in (above, below, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return "-"
    if kind == "share":
        return f"{value:.0%}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)
