"""No bytes make a reader fall over, hang or leave something half taken in."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.store import Project
from mio_fidelity.store.parcel import MAGIC, unpack
from tests.conftest import PASSPHRASE, OpenStudy
from tests.faults.counting import times
from tests.fuzz.readers import QUIETLY, READERS, Reader

THOROUGH = settings(
    max_examples=times(1500, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
each = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
# What people who mean harm, or programs that fail, put where something else stood.
PIECES = (
    b"",
    b"\0",
    b"\xff" * 8,
    b"9" * 40,
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"[" * 50,
    b'{"a":',
    b"../../x",
)
PIECES += (b"\xf0\x9f\x92\xa9", b"\xed\xa0\x80", b"=cmd|' /C calc'!A0", b"\r\n", b'"', b"'", b"%s{0}{a}")


@each
def test_a_good_file_is_taken(reader: Reader) -> None:
    assert reader.tried(reader.good_content())


@each
@THOROUGH
@given(content=st.binary(max_size=400))
def test_no_bytes_make_it_fall_over(reader: Reader, content: bytes) -> None:
    reader.tried(content)


@each
@THOROUGH
@given(data=st.data())
def test_no_spoilt_file_makes_it_fall_over(reader: Reader, data: st.DataObject) -> None:
    content = reader.good_content()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.sampled_from((0, 1, 2, 17, 4000)))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        content = content[:at] + piece + content[at + gone :]
    reader.tried(content)


def deep(opening: str, closing: str, middle: str = "1") -> bytes:
    return (opening * 200_000 + middle + closing * 200_000).encode()


def zipped(name: str, content: bytes, claims: int | None = None) -> bytes:
    """A workbook-like archive with one file; ``claims`` is how large it says that is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    data = bytearray(stream.getvalue())
    if claims is not None:
        at = data.rindex(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<I", claims)
    return bytes(data)


MEAN: dict[str, bytes] = {
    "deep lists": deep("[", "]"),
    "deep objects": deep('{"a":', "}"),
    "deep TOML": b"a = " + deep("[", "]"),
    "deep keys": b"[" + b"a." * 100_000 + b"a]",
    "huge number": b'{"slots": [{"memory_kib": 1e308, "passes": ' + b"9" * 5000 + b"}]}",
    "huge TOML number": b"points = " + b"9" * 5000,
    "one long line": b"a," * 1_000_000,
    "many lines": b"a,b\n" * 300_000,
    "one cell": b'"' + b"x" * 3_000_000,
    "many quotes": b'"' * 1_000_001,
    "zip bomb": zipped("xl/workbook.xml", bytes(50_000_000)),
    "zip that lies": zipped("xl/workbook.xml", bytes(1_000_000), claims=10),
    "zip that claims": zipped("xl/workbook.xml", b"x", claims=0xFFFFFFF0),
    "null bytes": bytes(1_000_000),
    "escapes": b"\x1b[2J\x1b]0;x\x07,\x00,\xe2\x80\xae\n" * 100,
}


@each
@pytest.mark.parametrize("what", MEAN)
def test_what_is_meant_to_exhaust_it_does_not(reader: Reader, what: str) -> None:
    reader.tried(MEAN[what])


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaaaaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "%s">' % (nth, b"&a%d;" % (nth - 1) * 10) for nth in range(1, 12)
)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_that_grows_when_it_is_read_is_refused(tmp_path: Path, name: str) -> None:
    from openpyxl import Workbook

    good, bad = io.BytesIO(), tmp_path / "book.xlsx"
    book = Workbook()
    book.active.append(["session", "coder"])
    book.save(good)
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for each_name in {*whole.namelist(), name}:
            content = whole.read(each_name) if each_name in whole.namelist() else b""
            archive.writestr(each_name, ENTITIES + b"]><x>&a11;</x>" if each_name == name else content)
    with pytest.raises(UserError):
        read_table(bad)


def parcel(*entries: tuple[bytes, int, bytes]) -> bytes:
    """A package with any names and sizes, and a right checksum."""
    content = MAGIC + b"".join(
        struct.pack(">HQ", len(name), size) + name + inside for name, size, inside in entries
    )
    content += struct.pack(">HQ", 0, 0)
    return content + struct.pack(">I", zlib.crc32(content))


WHOLE = ((b"study.db", 1, b"x"), (b"keys.json", 2, b"{}"))
NAMES = (
    b"../evil",
    b"/tmp/evil",
    b"vault/../../evil",
    b"vault/..",
    b"vault/" + b"0" * 31 + b"\n",
    b"peaks\\x",
)
NAMES += (b"C:\\evil", b"study.db\0", b"server.json", b"recordings/a", b"\xff\xfe", b"a" * 65, b"STUDY.DB")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_package_leads_out_of_its_folder(tmp_path: Path, name: bytes) -> None:
    refused(tmp_path, parcel(*WHOLE, (name, 4, b"evil")))


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 10**12, 5])
def test_no_size_in_a_package_is_believed(tmp_path: Path, size: int) -> None:
    refused(tmp_path, parcel(*WHOLE, (b"vault/" + b"0a" * 16, size, b"x")))


@pytest.mark.parametrize("entries", [WHOLE[:1], WHOLE[1:], (), (*WHOLE, WHOLE[0])])
def test_a_package_that_lacks_or_repeats_a_file_is_refused(
    tmp_path: Path, entries: tuple[tuple[bytes, int, bytes], ...]
) -> None:
    refused(tmp_path, parcel(*entries))


def refused(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "inner" / "deeper"
    place.mkdir(parents=True)
    file = place / "a.miopack"
    file.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        unpack(file, place / "study", QUIETLY)
    assert [path.name for path in tmp_path.rglob("*")] == ["inner", "deeper", "a.miopack"]


def replaced(at: int, piece: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + piece + content[at + len(piece) :]


STUDIES: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda content: bytes(len(content)),
    "half": lambda content: content[: len(content) // 2],
    "no SQLite": lambda content: b"SQLite format 3\0" + content[16:],
    "a salt of another": replaced(0, b"0" * 16),
    "a page of another": replaced(4096 * 5, b"0" * 4096),
    "one byte more": lambda content: content + b"x",
    "a page more": lambda content: content + content[-4096:],
    "empty": lambda content: b"",
    "deep JSON": lambda content: json.dumps([[[]]]).encode() * 1000,
}


@pytest.mark.parametrize("what", STUDIES)
def test_a_study_of_something_else_is_refused_or_whole(study: OpenStudy, what: str) -> None:
    study.project.close()
    path = study.folder / "study.db"
    path.write_bytes(STUDIES[what](path.read_bytes()))
    before = {each.name for each in study.folder.iterdir()}
    try:
        with Project.open(study.folder, PASSPHRASE) as project:
            project.sound()
    except UserError:
        assert {each.name for each in study.folder.iterdir()} - before <= {"study.db-wal", "study.db-shm"}
    else:
        assert what in ("a page of another", "one byte more", "a page more")
