"""Whether a folder is a bad place for a study: synced by a service, or on a network disk."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mio_fidelity.errors import Sentence

# What services put into their folder, and what they call it.
MARKERS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
    ".sync_folder_id": "a synced folder",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".stfolder": "Syncthing",
    ".boxsync": "Box",
}
NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "mobile documents": "iCloud",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "box": "Box",
    "box sync": "Box",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "cloudstorage": "a synced folder",
    "syncthing": "Syncthing",
}
# "OneDrive - University of Somewhere", "Dropbox (Lab)", "GoogleDrive-somebody".
BEGINNINGS = {"onedrive -": "OneDrive", "dropbox (": "Dropbox", "googledrive-": "Google Drive"}
NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "davfs", "afpfs"),
    *("fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.gvfsd-fuse", "fuse.glusterfs", "webdav", "lustre"),
}
DRIVE_REMOTE = 4


def risk_of(folder: Path) -> Sentence | None:
    """What is wrong with ``folder`` as the place of a study; None when nothing is known to be."""
    place = Path(os.path.realpath(folder))
    service = service_of(place)
    if service:
        return Sentence(
            "This study lies where {service} copies files to other computers. Two computers can write it at"
            " once, and a service that copies half a change can damage it. Keep the study on this computer's"
            " own disk, and hand work to others as packages.",
            service=service,
        )
    if is_network(place):
        return Sentence(
            "This study lies on a network disk. A connection that breaks while something is stored can damage"
            " it, and another computer may not see that it is open here. Keep the study on this computer's"
            " own disk, and hand work to others as packages."
        )
    return None


def service_of(place: Path) -> str:
    """The service that syncs ``place``, known by the names and marks of the folders above; or nothing."""
    for folder in (place, *place.parents):
        name = folder.name.casefold()
        by_name = NAMES.get(name) or next(
            (service for begin, service in BEGINNINGS.items() if name.startswith(begin)), ""
        )
        # A folder that just happens to be called Box is none of theirs.
        if by_name and (by_name != "Box" or folder.parent == Path.home()):
            return by_name
        for mark, service in MARKERS.items():
            if os.path.lexists(folder / mark):
                return service
    return ""


def is_network(place: Path) -> bool:
    """Whether ``place`` lies on a disk of another computer, as far as the system says."""
    if sys.platform == "win32":
        return _is_remote_drive(place)
    if sys.platform == "darwin":
        return _is_network_kind(place, _mounts_of_mac())
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return _is_network_kind(place, mounts_of(mounts))


def mounts_of(table: str) -> list[tuple[Path, str]]:
    """Where something is mounted and of what kind it is, from the text of ``/proc/mounts``."""
    rows = (line.split() for line in table.splitlines())
    # Spaces and the like are written as octal numbers.
    return [(Path(row[1].encode().decode("unicode_escape")), row[2]) for row in rows if len(row) > 2]


def _is_network_kind(place: Path, mounts: Iterable[tuple[Path, str]]) -> bool:
    over = [(len(at.parts), nth, kind) for nth, (at, kind) in enumerate(mounts) if place.is_relative_to(at)]
    # The innermost; of several on one folder the last is on top.
    return bool(over) and max(over)[2] in NETWORK


def _mounts_of_mac() -> list[tuple[Path, str]]:
    try:
        said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=2, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = (line.partition(" on ")[2].rpartition(" (") for line in said.splitlines())
    return [(Path(at), kind.split(",")[0].rstrip(")")) for at, _, kind in rows if at]


def _is_remote_drive(place: Path) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    if place.drive.startswith("\\\\"):
        return True
    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{place.drive}\\") == DRIVE_REMOTE)
