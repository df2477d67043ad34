"""No word of a window escapes translation, and the pages hold words a third longer."""

import re
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from mio_fidelity import paths
from mio_fidelity.errors import UserError
from mio_fidelity.gui.pseudo import CLOSING, OPENING, PseudoTranslator, pseudo
from mio_fidelity.gui.workbench import sentence
from mio_fidelity.instrument import shipped_instrument
from tests.gui import walk
from tests.gui.front import QUIET

pytestmark = QUIET

TRANSLATED = re.compile(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}")
# Not words of a language: names of programs, authors, coefficients, units, codes, groups of a recovery
# key, days and months as the system writes them, keys.
OURS = (
    r"MIO Fidelity|Qt Multimedia|VLC|English|A study of tests|Cicchetti 1994|Koo & Li 2016|\b(ICC|AC2|SD)\b"
    r"|(arm|site)-qzxj|K?QZX\d(-\d+)?|wav / pcm_s16le|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
    r"|\b[A-Z][a-z]+ 20\d\d|\b[A-Z][a-z]{2} – [A-Z][a-z]{2} 20\d\d"
    r"|\b[0-9A-HJKMNP-TV-Z]{5}\b"
    r"|\b[SR]\d+\b|S-[A-Z0-9]+|F\d+|\b(Ctrl|Shift|Alt|Meta|Tab|Return|Enter|Space|Esc|Escape|Backspace|Left"
    r"|Right|Up|Down|Media Play|Toggle Media Play/Pause|[A-Z])\b"
)


@pytest.fixture
def pseudo_coder(qapp, request):
    """R1 at her list, in the language nobody speaks."""
    translator = PseudoTranslator(qapp)
    qapp.installTranslator(translator)
    yield request.getfixturevalue("window")
    qapp.removeTranslator(translator)


def of_the_instrument():
    instrument = shipped_instrument()
    return re.sub(r"\W+", " ", " ".join([*instrument.files.values(), instrument.banner])).lower()


KNOWN = of_the_instrument()


def left_over(text):
    """What of a text is neither translated nor data."""
    while TRANSLATED.search(text):
        text = TRANSLATED.sub(" ", text)
    words = re.sub(OURS, " ", re.sub(r"<[^>]*>", " ", text))
    pieces = [re.sub(r"\W+", " ", piece).strip().lower() for piece in re.split(r"[^\w\s'’/-]+", words)]
    return [piece for piece in pieces if re.search(r"[^\W\d_]{2}", piece) and piece not in KNOWN]


def missed(top):
    return {
        (type(widget).__name__, kind, text)
        for widget in walk.all_widgets(top)
        for kind, text in walk.texts(widget)
        if left_over(text)
    }


def cut(top):
    """Labels and buttons in sight that are smaller than their words."""
    found = []
    for widget in top.findChildren(QLabel) + top.findChildren(QPushButton):
        if not widget.isVisible() or not widget.text():
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
        if widget.height() < needed or (not wraps and widget.width() < widget.sizeHint().width()):
            found.append((widget.text(), widget.size().toTuple(), widget.sizeHint().toTuple()))
    return found


def cut_when_laid_out(page, qtbot):
    """What is still cut once a page or dialog that just changed has found its layout."""
    for _ in range(800):
        qtbot.wait(25)
        found = cut(page)
        if not found:
            break
    return found


def test_no_word_of_a_page_escapes_translation(pseudo_coder):
    found = {name: missed(page) for name, page in walk.pages(pseudo_coder)}
    assert not {name: texts for name, texts in found.items() if texts}


def test_no_word_of_a_dialog_escapes_translation(pseudo_coder):
    pseudo_coder.open()
    found = {name: missed(dialog) for name, dialog in walk.dialogs(pseudo_coder)}
    assert not {name: texts for name, texts in found.items() if texts}


def test_the_pages_hold_words_a_third_longer(pseudo_coder, qtbot):
    found = {}
    for name, page in walk.pages(pseudo_coder):
        found[name] = cut_when_laid_out(page, qtbot)
    assert not {name: texts for name, texts in found.items() if texts}
    assert (pseudo_coder.window.width(), pseudo_coder.window.height()) == (1366, 768)


def test_the_dialogs_hold_words_a_third_longer(pseudo_coder, qtbot):
    pseudo_coder.open()
    found = {}
    for name, dialog in walk.dialogs(pseudo_coder):
        found[name] = cut_when_laid_out(dialog, qtbot)
        assert dialog.width() <= 1366, name
        assert dialog.height() <= 768, name
    assert not {name: texts for name, texts in found.items() if texts}


def test_a_word_that_was_missed_would_be_found(pseudo_coder):
    page = pseudo_coder.window.queue
    page.add.setText("Add something")
    page.foot.primary.setToolTip("Look here")
    assert {(kind, text) for _, kind, text in missed(page)} == {
        ("text", "Add something"),
        ("tool tip", "Look here"),
    }


def test_what_the_core_says_is_translated_to_its_innermost_part(pseudo_coder):
    error = UserError("Part {part}: {what}", part=2, what=UserError("The file is empty."))
    said = sentence(error)
    assert said.startswith(OPENING)
    assert pseudo("The file is empty.") in said


def test_the_pseudo_language_keeps_what_stands_for_a_value():
    assert "{code}" in pseudo("coder {code}")
    assert pseudo("%n of %1").count("%") == 2
    assert len(pseudo("twelve words")) >= len("twelve words") * 4 / 3
    assert pseudo("") == ""
    assert pseudo(pseudo("once")) == pseudo("once")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """All strings, as translators get them."""
    target = tmp_path_factory.mktemp("ts") / "all.ts"
    script = paths.resources() / "translations" / "extract.py"
    subprocess.run([sys.executable, script, target], check=True, capture_output=True)
    return target.read_text(encoding="utf-8")


def test_translators_get_the_words_of_windows_commands_settings_and_refusals(template):
    for context, source in (
        ("StartPage", "Who is working?"),
        ("Commands", "Play or pause"),
        ("Settings", "Colours"),
        ("Estimate", "At least two items are needed."),
        ("Estimate", "range restricted ({n} of {all} double-coded sessions are all {point})"),
        ("UserError", "There is no study in this folder. Choose the folder that holds study.db."),
        ("UserError", "The disk is full, so this was not stored"),
        ("UserError", "The recording is silent from beginning to end"),
    ):
        part = template.split(f"<name>{context}</name>")[1].split("</context>")[0]
        assert source in part
    assert "<location" not in template


def test_a_text_that_does_not_fit_would_be_found(pseudo_coder):
    switch = pseudo_coder.window.queue.switch
    assert not cut(pseudo_coder.window.queue)
    switch.setFixedWidth(30)
    assert [text for text, *_ in cut(pseudo_coder.window.queue)] == [switch.text()]
