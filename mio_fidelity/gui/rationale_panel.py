"""Why the master codes give a scale what they give it, to read beside the form."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label

HEIGHT_PX = 104


class RationalePanel(QFrame):
    """The reason for the scale in hand, to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.title = label("", "title")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        theme.set_role(self.text, "flat")
        self.text.setPlaceholderText(self.tr("No reason was written for this scale."))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(8), theme.scaled(8), theme.scaled(4))
        column.setSpacing(theme.scaled(2))
        column.addWidget(self.title)
        column.addWidget(self.text, 1)

    def sizeHint(self) -> QSize:
        """Some four lines; longer reasons scroll."""
        return QSize(theme.scaled(200), theme.scaled(HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        """A line of it can always be read."""
        return QSize(theme.scaled(120), theme.scaled(HEIGHT_PX // 2))

    def show_reason(self, number: int, scale: str, text: str) -> None:
        """Show why the master codes give this scale what they give it."""
        self.title.setText(
            self.tr("Why the master codes say so · {n}. {scale}").format(n=number, scale=scale)
        )
        self.text.setAccessibleName(self.title.text())
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.text.setFocusPolicy(Qt.FocusPolicy.TabFocus if text else Qt.FocusPolicy.NoFocus)
