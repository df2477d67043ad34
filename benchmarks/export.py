"""How long the workbook and the CSV file take, and how much memory, for many scores.

Run it as ``python -m benchmarks.export [--rows 5000 50000]``; it writes to a temporary folder.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from mio_fidelity.analysis.findings import Options, compute
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.report.long import n_long_rows, write_long_csv
from mio_fidelity.report.workbook import write_workbook
from tests.report.tables import made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[5_000, 50_000])
    processes = multiprocessing.get_context("spawn")
    print("  rows  workbook s  MB more  file MB  longest without progress s  stopped after s  CSV s")
    for rows in parser.parse_args().rows:
        # A process of its own, so that the memory shown is its own.
        with processes.Pool(1) as pool:
            n, book_s, more_mb, file_mb, silent_s, stopped_s, csv_s = pool.apply(measure, (rows,))
        print(
            f"{n:>6}{book_s:>12.2f}{more_mb:>9.0f}{file_mb:>9.1f}{silent_s:>28.2f}{stopped_s:>17.2f}{csv_s:>7.2f}",
            flush=True,
        )


def measure(rows: int) -> tuple[int, float, float, float, float, float, float]:
    """Number of long rows; the columns of the table that `main` prints."""
    # 20 columns, mostly two coders a session.
    table = made(max(rows * 6 // (20 * 11), 2), 4)
    findings = compute(table, Options(replicates=100))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        before, told, held = memory_mb(), [time.perf_counter()], []

        def on_progress(_: float) -> None:
            told.append(time.perf_counter())
            held.append(memory_mb())

        book_s = seconds(lambda: write_workbook(path, findings, table, on_progress=on_progress))
        more_mb = max(held) - before
        silent_s = max(later - earlier for earlier, later in pairwise(told))
        csv_s = seconds(lambda: write_long_csv(Path(folder) / "scores.csv", table))
        stopped_s = cancelled_after(
            book_s / 2, lambda wish: write_workbook(path, findings, table, cancelled=wish)
        )
        return n_long_rows(table), book_s, more_mb, path.stat().st_size / 1e6, silent_s, stopped_s, csv_s


def cancelled_after(wait_s: float, work: Callable[[Callable[[], bool]], None]) -> float:
    """How long the work still takes once somebody wants it to stop."""
    wish_at = time.perf_counter() + wait_s
    try:
        work(lambda: time.perf_counter() >= wish_at)
    except Cancelled:
        return time.perf_counter() - wish_at
    return float("nan")


def memory_mb() -> float:
    """What this process holds now, NaN on systems that do not tell."""
    told = Path("/proc/self/statm")
    return (
        int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if told.exists() else float("nan")
    )


def seconds(work: Callable[[], None]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
