"""One class per table of a study."""

from mio_fidelity.store.models.base import Base, UtcTime, as_of, new_id, now
from mio_fidelity.store.models.meetings import (
    Attendance,
    ConsensusReason,
    ConsensusSource,
    Decision,
    Discussion,
    Meeting,
    MeetingSession,
    Participant,
)
from mio_fidelity.store.models.packages import Arrival, Conflict, Package, PackageReturn
from mio_fidelity.store.models.people import Barred, Client, Counselor, Person, Role, Site
from mio_fidelity.store.models.ratings import (
    Amendment,
    AssignmentPlan,
    EvidenceMark,
    Place,
    Purpose,
    Rating,
    Score,
    Stretch,
    new_blind_code,
)
from mio_fidelity.store.models.sessions import AwaitedFile, MediaKind, Recording, TreatmentSession, VaultKey
from mio_fidelity.store.models.study import Audit, FrozenFindings, InstrumentEdition, Setting, Study
from mio_fidelity.store.models.training import Certification, Exemplar, Rationale, Recalibration

__all__ = [
    "Amendment",
    "Arrival",
    "AssignmentPlan",
    "Attendance",
    "Audit",
    "AwaitedFile",
    "Barred",
    "Base",
    "Certification",
    "Client",
    "Conflict",
    "ConsensusReason",
    "ConsensusSource",
    "Counselor",
    "Decision",
    "Discussion",
    "EvidenceMark",
    "Exemplar",
    "FrozenFindings",
    "InstrumentEdition",
    "MediaKind",
    "Meeting",
    "MeetingSession",
    "Package",
    "PackageReturn",
    "Participant",
    "Person",
    "Place",
    "Purpose",
    "Rating",
    "Rationale",
    "Recalibration",
    "Recording",
    "Role",
    "Score",
    "Setting",
    "Site",
    "Stretch",
    "Study",
    "TreatmentSession",
    "UtcTime",
    "VaultKey",
    "as_of",
    "new_blind_code",
    "new_id",
    "now",
]
