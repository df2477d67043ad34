"""The preferences of this computer, made from the table that keeps them; each is stored when changed."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QLocale, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity import error_reports, paths
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.playback.engines import engines
from mio_fidelity.settings import SETTINGS, Setting, Settings, Value

# What is kept without being asked for, or has a window of its own.
ELSEWHERE = {"volume", "last_study", "keys", "places_accepted"}
# What is only read when the program starts.
NEXT_START = {"player", "text_percent", "language"}
WIDTH_PX = 560


class PreferencesDialog(QDialog):
    """A line for each preference.

    Signals:
        changed: The key of the preference that was just stored.
    """

    changed = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        self.remarks: dict[str, str] = {}
        form = QFormLayout()
        form.setVerticalSpacing(theme.scaled(12))
        form.setHorizontalSpacing(theme.scaled(16))
        for setting in SETTINGS.values():
            if setting.key not in ELSEWHERE:
                self._add(form, setting)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        close.rejected.connect(self.reject)
        self.reports = close.addButton(
            self.tr("Error reports ({n})…").format(n=error_reports.count()),
            QDialogButtonBox.ButtonRole.ActionRole,
        )
        self.reports.setAccessibleDescription(
            self.tr("Shows their folder. They name places in the program, and hold no data of a study.")
        )
        self.reports.setToolTip(self.reports.accessibleDescription())
        self.reports.setEnabled(error_reports.count() > 0)
        self.reports.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(error_reports.folder())))
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(16))
        introduction = sentence_label(
            self.tr("These belong to this computer, not to a study. A change is kept at once."), "muted"
        )
        introduction.setMinimumWidth(theme.scaled(WIDTH_PX))
        column.addWidget(introduction)
        column.addLayout(form)
        column.addWidget(close)

    def _add(self, form: QFormLayout, setting: Setting) -> None:
        field = self._field(setting)
        field.setAccessibleName(_words(setting.help))
        self.fields[setting.key] = field
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(3))
        column.addWidget(field)
        remark = self._remark(setting.key)
        self.remarks[setting.key] = remark
        if remark:
            field.setAccessibleDescription(remark)
            column.addWidget(sentence_label(remark, "small"))
        if isinstance(field, QCheckBox):
            form.addRow(box)
        else:
            title = label(_words(setting.help))
            title.setBuddy(field)
            form.addRow(title, box)

    def _field(self, setting: Setting) -> QWidget:
        if isinstance(setting.default, bool):
            return self._tick(setting)
        if isinstance(setting.default, str):
            return self._choice(setting)
        if setting.key.endswith("_ms"):
            return self._seconds(setting)
        return self._minutes(setting) if setting.key.endswith("_minutes") else self._percent(setting)

    def _tick(self, setting: Setting) -> QCheckBox:
        box = QCheckBox(_words(setting.help))
        box.setChecked(bool(self._settings[setting.key]))
        box.toggled.connect(partial(self._keep, setting.key))
        return box

    def _choice(self, setting: Setting) -> QComboBox:
        box = QComboBox()
        for value, words in self._choices(setting.key).items():
            box.addItem(words, value)
        now = self._settings.text(setting.key)
        if box.findData(now) < 0:
            # Set by hand in the file: not to be lost by looking at it.
            box.addItem(now, now)
        box.setCurrentIndex(box.findData(now))
        box.currentIndexChanged.connect(lambda _: self._keep(setting.key, box.currentData()))
        return box

    def _seconds(self, setting: Setting) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setDecimals(1)
        box.setSingleStep(0.5)
        box.setSuffix(self.tr(" s", "seconds"))
        box.setRange(setting.low / 1000, setting.high / 1000)
        box.setValue(self._settings.number(setting.key) / 1000)
        box.valueChanged.connect(lambda seconds: self._keep(setting.key, round(seconds * 1000)))
        return box

    def _percent(self, setting: Setting) -> QSpinBox:
        return self._whole(setting, 25, self.tr(" %", "percent"))

    def _minutes(self, setting: Setting) -> QSpinBox:
        return self._whole(setting, 1, self.tr(" min", "minutes"))

    def _whole(self, setting: Setting, step: int, unit: str) -> QSpinBox:
        box = QSpinBox()
        box.setSingleStep(step)
        box.setSuffix(unit)
        box.setRange(round(setting.low), round(setting.high))
        box.setValue(self._settings.number(setting.key))
        box.valueChanged.connect(partial(self._keep, setting.key))
        return box

    def _keep(self, key: str, value: Value) -> None:
        self._settings[key] = value
        self.changed.emit(key)

    def _choices(self, key: str) -> dict[str, str]:
        tables: dict[str, Callable[[], dict[str, str]]] = {
            "player": lambda: {
                engine.name: self._engine_words(engine.title, engine.available) for engine in engines()
            },
            "colors": lambda: {
                "system": self.tr("as the system"),
                "light": self.tr("light"),
                "dark": self.tr("dark"),
            },
            "language": lambda: {"": self.tr("as the system"), "en": "English"} | _languages(),
        }
        return tables[key]()

    def _engine_words(self, title: str, usable: bool) -> str:
        return title if usable else self.tr("{player} (not available here)").format(player=title)

    def _remark(self, key: str) -> str:
        sentences = []
        if key == "player":
            sentences = [engine.remark for engine in engines() if engine.remark]
        if key in NEXT_START:
            sentences.append(self.tr("Takes effect at the next start."))
        return " ".join(sentences)


def _languages() -> dict[str, str]:
    """The languages the program has been translated to, each by the name its own speakers use."""
    files = (paths.resources() / "translations").glob("mio_fidelity_*.qm")
    names = sorted(file.stem.removeprefix("mio_fidelity_") for file in files)
    return {name: QLocale(name).nativeLanguageName() for name in names}


def _words(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
