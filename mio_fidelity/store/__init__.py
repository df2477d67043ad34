"""The study folder: the only door to stored data."""

from mio_fidelity.store.models import MediaKind, Purpose, Role
from mio_fidelity.store.project import Db, Done, Project, actor

__all__ = ["Db", "Done", "MediaKind", "Project", "Purpose", "Role", "actor"]
