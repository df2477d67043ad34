"""Reports as PDF files: pages with text, whole or not at all, and nothing fetched from elsewhere."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.report_pdf import pages_of, write_pdf
from tests.faults.test_full_disk import disk, fill  # noqa: F401 - a fixture
from tests.report.test_files import nobody  # noqa: F401 - a fixture

ROWS = "".join(f"<tr><td>R{nth}</td><td>words of line {nth}</td></tr>" for nth in range(90))
LONG = f"<h1>Head</h1><table><thead><tr><th>Code</th><th>Words</th></tr></thead>{ROWS}</table>"


def text_of(path: Path, *options: str) -> str:
    """The text of a PDF, page after page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(["pdftotext", "-layout", *options, path, "-"], capture_output=True, check=True)
    return done.stdout.decode()


def first_page(path: Path, place: Path) -> QImage:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed")
    subprocess.run(["pdftoppm", "-r", "60", "-f", "1", "-l", "1", "-png", path, place / "page"], check=True)
    return QImage(str(next(place.glob("page*.png"))))


def test_a_long_report_has_numbered_pages_with_the_title_and_the_head_of_its_table(
    qapp: QApplication, tmp_path: Path
) -> None:
    write_pdf(tmp_path / "a.pdf", LONG, "Meetings – A study of tests")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    pages = text_of(tmp_path / "a.pdf").rstrip("\f").split("\f")
    assert len(pages) > 1
    for nth, page in enumerate(pages, start=1):
        assert f"Page {nth} of {len(pages)}" in page
        assert "Meetings – A study of tests" in page
        assert "Code" in page
    assert "words of line 89" in pages[-1]
    assert pages_of(LONG) == len(pages)
    assert pages_of("<p>x</p>") == 1


def test_a_title_too_long_for_its_line_leaves_the_number_of_the_page_readable(
    qapp: QApplication, tmp_path: Path
) -> None:
    write_pdf(tmp_path / "a.pdf", "<p>x</p>", "A very long title " * 30)
    assert "Page 1 of 1" in text_of(tmp_path / "a.pdf")


def test_paper_is_white_and_letters_are_black_in_a_dark_window(qapp: QApplication, tmp_path: Path) -> None:
    theme.apply(qapp, "dark")
    try:
        write_pdf(tmp_path / "a.pdf", "<h1>████████</h1>" * 10, "x")
    finally:
        theme.apply(qapp, "light")
    page = first_page(tmp_path / "a.pdf", tmp_path)
    shades = {page.pixelColor(x, y).lightness() for x in range(page.width()) for y in range(page.height())}
    assert page.pixelColor(2, 2).lightness() == 255
    assert min(shades) < 10


def test_pictures_are_those_that_were_given_and_no_file_is_ever_read(
    qapp: QApplication, tmp_path: Path
) -> None:
    red = QImage(300, 300, QImage.Format.Format_RGB32)
    red.fill("#ff0000")
    red.save(str(tmp_path / "secret.png"))
    elsewhere = f"<p><img src='{(tmp_path / 'secret.png').as_uri()}' width='300' height='300'></p>"
    write_pdf(tmp_path / "a.pdf", elsewhere, "x")
    write_pdf(tmp_path / "b.pdf", "<p><img src='given'></p>", "x", {"given": red})
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    assert not has_red(first_page(tmp_path / "a.pdf", tmp_path / "1"))
    assert has_red(first_page(tmp_path / "b.pdf", tmp_path / "2"))


def has_red(page: QImage) -> bool:
    return any(
        page.pixelColor(x, y).name() == "#ff0000"
        for x in range(0, page.width(), 5)
        for y in range(0, page.height(), 5)
    )


def test_it_is_written_on_another_thread_too(qapp: QApplication, tmp_path: Path, qtbot: Any) -> None:
    job = Job(lambda _tell, _cancelled: write_pdf(tmp_path / "a.pdf", LONG, "x"))
    with qtbot.waitSignal(job.finished, timeout=10_000):
        job.start()
    assert "words of line 89" in text_of(tmp_path / "a.pdf")


def test_nobody_and_no_place_is_named_in_the_file(qapp: QApplication, tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", LONG, "x")
    written = (tmp_path / "a.pdf").read_bytes()
    assert str(tmp_path).encode() not in written
    assert b"/Author ()" in written or b"/Author" not in written


def test_a_full_disk_is_said_and_the_old_report_stays(qapp: QApplication, disk: Path) -> None:  # noqa: F811
    write_pdf(disk / "a.pdf", "<p>old</p>", "x")
    old = (disk / "a.pdf").read_bytes()
    fill(disk)
    with pytest.raises(UserError, match="disk is full"):
        write_pdf(disk / "a.pdf", LONG, "x")
    assert (disk / "a.pdf").read_bytes() == old
    assert sorted(path.name for path in disk.iterdir()) == ["a.pdf", "ballast"]


def test_a_folder_nobody_may_write_to_is_said(qapp: QApplication, nobody: Path) -> None:  # noqa: F811
    nobody.chmod(0o555)
    with pytest.raises(UserError, match="Nothing can be written in this folder"):
        write_pdf(nobody / "a.pdf", LONG, "x")
