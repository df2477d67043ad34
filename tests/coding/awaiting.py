"""Files that wait to be examined, as a manifest leaves them."""

from collections.abc import Iterable
from pathlib import Path

from mio_fidelity.coding import intake, manifest
from mio_fidelity.coding.recordings import SessionFacts
from tests import media_factory
from tests.conftest import OpenStudy


def await_files(study: OpenStudy, files: Iterable[Path]) -> tuple[intake.Awaited, ...]:
    """One session of client C01 for each file, from session 1; S1 is signed in afterwards."""
    study.sign_in("S1")
    entries = [manifest.Entry(SessionFacts("C01", nth), file=file) for nth, file in enumerate(files, start=1)]
    study.do(manifest.take_manifest, entries, study.folder)
    return study.ask(intake.awaited, study.folder)


def sounds(folder: Path, n: int) -> list[Path]:
    """Short recordings of different lengths."""
    folder.mkdir(exist_ok=True)
    return [media_factory.make(folder / f"qzxj-{nth}.wav", 0.3 + nth / 100, "wav") for nth in range(n)]


def taken(study: OpenStudy) -> list[str]:
    """Sessions of C01 that have a recording."""
    query = (
        "SELECT client.code || '-' || number FROM recording JOIN treatment_session AS session"
        " ON session.id = session_id JOIN client ON client.id = client_id"
        " WHERE client.code = 'C01' ORDER BY number"
    )
    return [row[0] for row in study.sql(query)]


def problems(study: OpenStudy) -> dict[str, str]:
    """Sessions that wait, and why."""
    return {each.session: each.problem for each in study.ask(intake.awaited, study.folder)}
