"""The coding manual beside the form: the page of the focused scale, and the general part."""

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import choice
from mio_fidelity.gui.decision_notes import DecisionNotes

# Longer lines are hard to read: the eye loses the way back.
_LINE_CHARACTERS = 78
_LINE_HEIGHT = 130
_HEADINGS_PX = {1: 16.0, 2: 14.0, 3: 13.0}


class ManualView(QWidget):
    """Two pages behind one switch: that of the focused scale and the general one; each keeps its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[bool, tuple[str, str]] = {False: ("", ""), True: ("", "")}
        self._places: dict[tuple[bool, str], int] = {}
        self._shown: tuple[bool, str] | None = None
        self.decisions = DecisionNotes(self)
        self._key = ""
        self._title = QLabel()
        self._title.setWordWrap(True)
        theme.set_role(self._title, "title")
        self._banner = QLabel()
        self._banner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.set_role(self._banner, "warn")
        self._scale = choice(self.tr("This scale"))
        self._general = choice(self.tr("General"))
        self._scale.setChecked(True)
        group = QButtonGroup(self)
        for button in (self._scale, self._general):
            group.addButton(button)
        group.buttonClicked.connect(self._show)
        self._text = _Page()
        self._text.setAccessibleName(self.tr("Coding manual"))
        self._find = FindBar(self._text)
        self._lay_out()
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find.begin)
        self._show()

    def show_page(self, title: str, markdown: str, banner: str = "", scale: str = "") -> None:
        """Show the manual's page of a scale, where it was left; the general page, if open, stays open.

        Args:
            title: The scale, with its number.
            markdown: The page.
            banner: What must always be said with this instrument, empty when nothing.
            scale: Its key, for the decisions about it.
        """
        self._key = scale
        self._pages[False] = (title, markdown)
        self._banner.setText(banner)
        self._banner.setToolTip(banner)
        self._banner.setVisible(bool(banner))
        self._show()

    def set_general(self, title: str, markdown: str) -> None:
        """Set the page that holds for all scales."""
        self._pages[True] = (title, markdown)
        self._show()

    def put_under(self, widget: QWidget) -> None:
        """Put what belongs to the scale's page, and comes and goes by itself, under the text."""
        column = self.layout()
        if column is not None:
            column.addWidget(widget)

    def open_general(self, opened: bool = True) -> None:
        """Turn to the general page, or back to that of the scale."""
        (self._general if opened else self._scale).setChecked(True)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the page up to date."""
        super().showEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Style the page again for other colours or another font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._text.restyle()
            self._find.look_again()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 8, 0)
        top.addWidget(self._title, stretch=1)
        top.addWidget(self._scale, alignment=Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._general, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        self._banner.setContentsMargins(12, 0, 12, 0)
        column.addWidget(self._banner)
        column.addWidget(self.decisions)
        column.addWidget(self._text, stretch=1)
        column.addWidget(self._find)

    def _show(self) -> None:
        for button in (self._scale, self._general):
            button.setVisible(bool(self._pages[True][1]))
        general = self._general.isChecked() and bool(self._pages[True][1])
        title, markdown = self._pages[general]
        self._title.setText(title)
        self.decisions.show_for("" if general else self._key)
        if self.isVisible():
            self._fill((general, title), _without_head(markdown, self._banner.text()))

    def _fill(self, page: tuple[bool, str], markdown: str) -> None:
        """Set the text, which takes longer than a key press should, so only when it is looked at."""
        bar = self._text.verticalScrollBar()
        if self._shown is not None:
            self._places[self._shown] = bar.value()
        self._shown = page
        self._text.show_markdown(markdown or self.tr("The manual has no page for this scale."))
        bar.setValue(self._places.get(page, 0))
        self._find.look_again()


def _without_head(markdown: str, banner: str) -> str:
    """The page without the heading and the banner it begins with: both stand above it already."""
    kept = markdown.strip().split("\n\n")
    if kept[0].startswith("# ") and "\n" not in kept[0]:
        del kept[0]
    if kept and banner and kept[0].strip("*_. \n") == banner.strip(". "):
        del kept[0]
    return "\n\n".join(kept)


class FindBar(QWidget):
    """Finds words in a page: Enter goes on, Shift+Enter back, Escape closes."""

    def __init__(self, text: QTextBrowser) -> None:
        super().__init__()
        self._text = text
        self._words = QLineEdit()
        self._words.setPlaceholderText(self.tr("Find in this page"))
        self._words.setAccessibleName(self.tr("Find in this page"))
        self._words.setClearButtonEnabled(True)
        self._words.textChanged.connect(self.look_again)
        self._count = QLabel()
        theme.set_role(self._count, "small")
        back, on = QToolButton(), QToolButton()
        for button, arrow, words in (
            (back, "↑", self.tr("Previous (Shift+Enter)")),
            (on, "↓", self.tr("Next (Enter)")),
        ):
            button.setText(arrow)
            button.setToolTip(words)
            button.setAccessibleName(words)
        back.clicked.connect(lambda: self._go(-1))
        on.clicked.connect(lambda: self._go(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 8)
        row.addWidget(self._words, stretch=1)
        for widget in (self._count, back, on):
            row.addWidget(widget)
        self._matches: list[QTextCursor] = []
        self._at = 0
        self.hide()

    def begin(self) -> None:
        """Open the bar and put the keyboard into it."""
        self.show()
        self._words.setFocus()
        self._words.selectAll()
        self.look_again()

    def look_again(self) -> None:
        """Find the words in the page as it is now."""
        words = self._words.text() if self.isVisible() else ""
        self._matches, self._at = [], 0
        found = self._text.document().find(words) if words else QTextCursor()
        while not found.isNull():
            self._matches.append(found)
            found = self._text.document().find(words, found)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from match to match, or close."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.look_again()
            self._text.setFocus()
        else:
            super().keyPressEvent(event)

    def _go(self, step: int) -> None:
        if self._matches:
            self._at = (self._at + step) % len(self._matches)
            self._show()

    def _show(self) -> None:
        now = theme.tokens(self)
        selections = []
        for number, match in enumerate(self._matches):
            here = number == self._at
            selection = QTextEdit.ExtraSelection()
            selection.cursor = match
            selection.format.setBackground(now.accent if here else now.selection)
            selection.format.setForeground(now.accent_text if here else now.text)
            selections.append(selection)
        self._text.setExtraSelections(selections)
        found = self.tr("{number} of {count}").format(number=self._at + 1, count=len(self._matches))
        self._count.setText(found if self._matches else self.tr("not found") if self._words.text() else "")
        if self._matches:
            place = QTextCursor(self._matches[self._at])
            place.clearSelection()
            self._text.setTextCursor(place)
            self._text.ensureCursorVisible()


class _Page(QTextBrowser):
    """Markdown in the program's own type, in lines short enough to read; links lead nowhere outside."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_role(self, "flat")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self._markdown = ""

    def show_markdown(self, markdown: str) -> None:
        """Show this text."""
        if markdown != self._markdown:
            self._markdown = markdown
            self.restyle()

    def restyle(self) -> None:
        """Set the text again in the colours and the font in force, at the same place."""
        place = self.verticalScrollBar().value()
        document = self.document()
        document.setDefaultFont(theme.font())
        document.setDocumentMargin(theme.scaled(12))
        document.setIndentWidth(theme.scaled(20))
        document.setMarkdown(self._markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        # One edit, so that the page is laid out once and not after each change.
        edit = QTextCursor(document)
        edit.beginEditBlock()
        block = document.begin()
        while block.isValid():
            self._style(QTextCursor(block), block.blockFormat().headingLevel(), block.textList() is not None)
            block = block.next()
        edit.endEditBlock()
        # A cursor left at the end would pull the view there.
        self.setTextCursor(QTextCursor(document))
        self._fit()
        self.verticalScrollBar().setValue(place)

    def loadResource(self, kind: int, url: QUrl | str) -> None:
        """Nothing is fetched: the page is all there is."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines as long as fits, but no longer than can be read."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        readable = self.fontMetrics().averageCharWidth() * _LINE_CHARACTERS + 2 * theme.scaled(12)
        self.setLineWrapColumnOrWidth(min(self.viewport().width(), readable))

    def _style(self, cursor: QTextCursor, level: int, in_list: bool) -> None:
        now = theme.tokens(self)
        room = QTextBlockFormat()
        room.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        room.setTopMargin(theme.scaled(12 if level else 0))
        room.setBottomMargin(theme.scaled(4 if level else 2 if in_list else 8))
        if cursor.blockFormat().hasProperty(QTextFormat.Property.BlockQuoteLevel):
            room.setLeftMargin(theme.scaled(20))
            room.setRightMargin(0)
        cursor.mergeBlockFormat(room)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            letters = QTextCharFormat()
            letters.setFont(theme.font(_HEADINGS_PX.get(level, theme.BASE_PX), bold=True))
            letters.setForeground(now.accent if level > 1 else now.text)
            # Replaced, not merged: Markdown's own enlargement has to go.
            cursor.setCharFormat(letters)
