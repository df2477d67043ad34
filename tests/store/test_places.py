"""Folders that are synced, and disks of other computers, are known as such; others are not."""

import os
import subprocess
from pathlib import Path

import pytest

from mio_fidelity.store import places
from mio_fidelity.store.places import is_network, mounts_of, risk_of, service_of

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /home/lab nfs4 rw 0 0
//server/share /mnt/our\\040share cifs rw 0 0
lab@server:/data /mnt/ssh fuse.sshfs rw 0 0
/dev/sdb1 /home/lab/own ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Dropbox/study", "Dropbox"),
        ("Dropbox (Lab)/a/study", "Dropbox"),
        ("OneDrive/study", "OneDrive"),
        ("OneDrive - University/study", "OneDrive"),
        ("Google Drive/My Drive/study", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/study", "iCloud"),
        ("Library/CloudStorage/OneDrive-Lab/study", "a synced folder"),
        ("Nextcloud/study", "Nextcloud"),
    ],
)
def test_a_synced_folder_is_known_by_its_name(tmp_path: Path, folder: str, service: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    assert service_of(tmp_path / folder) == service
    assert service in str(risk_of(tmp_path / folder))


@pytest.mark.parametrize("mark", list(places.MARKERS))
def test_a_synced_folder_of_another_name_is_known_by_what_lies_in_it(tmp_path: Path, mark: str) -> None:
    (tmp_path / "shared" / "study").mkdir(parents=True)
    (tmp_path / "shared" / mark).touch()
    assert service_of(tmp_path / "shared" / "study") == places.MARKERS[mark]


def test_a_box_in_the_home_folder_is_the_service_and_any_other_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for folder in ("Box/study", "data/box/study"):
        (tmp_path / folder).mkdir(parents=True)
    assert service_of(tmp_path / "Box" / "study") == "Box"
    assert service_of(tmp_path / "data" / "box" / "study") == ""


def test_an_ordinary_folder_is_no_risk(tmp_path: Path) -> None:
    (tmp_path / "dropboxes" / "my study").mkdir(parents=True)
    assert risk_of(tmp_path / "dropboxes" / "my study") is None


def test_a_link_into_a_synced_folder_counts_as_lying_there(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "study").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "Dropbox" / "study")
    assert risk_of(tmp_path / "link")


@pytest.mark.parametrize(
    ("place", "remote"),
    [
        ("/home/lab/study", True),
        ("/home/lab/own/study", False),
        ("/mnt/our share/study", True),
        ("/mnt/ssh/a/b", True),
        ("/home/labour/study", False),
        ("/tmp/study", False),
        ("/", False),
    ],
)
def test_a_network_disk_is_known_by_the_innermost_mount(place: str, remote: bool) -> None:
    assert places._is_network_kind(Path(place), mounts_of(MOUNTS)) is remote


@pytest.mark.skipif(not os.path.exists("/proc/mounts") or os.geteuid() != 0, reason="needs to mount")
def test_a_disk_of_this_computer_is_no_network_disk_whatever_is_mounted_below(tmp_path: Path) -> None:
    assert not is_network(tmp_path)
    place = tmp_path / "a place"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        assert not is_network(place)
        assert (place, "tmpfs") in mounts_of(Path("/proc/mounts").read_text())
    finally:
        subprocess.run(["umount", "-l", place], check=True)
