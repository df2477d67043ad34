"""Taking ratings from another program into the study."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from mio_fidelity.coding import imported
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.dry_run import DryRun, Wanted, dry_run
from mio_fidelity.exchange.layout import LEFT_OUT, ROLES, UNKNOWN, Layout, guess_layout
from mio_fidelity.exchange.ratings_file import ratings_of
from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.exchange.values import NA_CODES
from mio_fidelity.gui.background import Work
from mio_fidelity.gui.dry_run_dialog import DryRunDialog
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Purpose


class ImportDialog(DryRunDialog):
    """A table of ratings, long or wide, for one purpose."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Import ratings"))
        self.codes, self.purpose = QLineEdit(", ".join(NA_CODES)), QComboBox()
        for purpose, words in (
            (Purpose.RELIABILITY, self.tr("reliability")),
            (Purpose.PRODUCTION, self.tr("production")),
            (Purpose.TRAINING, self.tr("training")),
            (Purpose.CERTIFICATION, self.tr("certification")),
            (Purpose.DRIFT, self.tr("drift")),
            (Purpose.SELF, self.tr("self-rating by the counselor")),
        ):
            self.purpose.addItem(words, purpose)
        words = self.tr(
            "CSV or Excel, with the columns session, coder, scale, dimension, value, or with "
            "session, coder and one column for each scale and dimension. A session such as C017-3 "
            "is session 3 of client C017. Arm, site and the day of the rating (rated_on) may stand "
            "beside them. Nothing is stored before you have seen what is wrong."
        )
        rows = (
            self._file_row(),
            (self.tr("For"), self.purpose),
            (self.tr("Codes for missing"), self.codes),
        )
        self._lay_out(words, rows, (self.codes, self.purpose))
        self.codes.textChanged.connect(self._forget)
        self.purpose.currentIndexChanged.connect(self._forget)

    def _try(self, raw: RawTable) -> Work | None:
        try:
            ground = self._bench.ask(imported.ground, self.purpose.currentData())
        except UserError as error:
            self._say(sentence(error), "alarm")
            return None
        guessed = guess_layout(raw.header, ground.instrument).roles
        self.preview.show_table(raw, guessed, _choices(ground.instrument))
        layout = Layout(self.preview.roles_now())
        codes = tuple(code.strip() for code in self.codes.text().split(","))
        wanted = Wanted(ground.instrument, None, codes, for_study=True, rated=ground.rated)
        return lambda tell, cancelled: dry_run(raw, layout, wanted, tell, cancelled)

    def _summary(self, tried: DryRun) -> str:
        ratings = len({(score.session, score.coder) for score in tried.scores})
        text = self.tr("Rows: {rows}, bad: {bad}. What can come in: scores: {scores}, in ratings: {ratings}.")
        return text.format(rows=tried.rows, bad=tried.bad_rows, scores=len(tried.scores), ratings=ratings)

    def _store(self) -> Work:
        ratings, purpose = ratings_of(self._tried), self.purpose.currentData()
        project = self._bench.project
        return lambda tell, cancelled: project.do_elsewhere(
            imported.store_imported, ratings, purpose, tell, cancelled
        )


def _choices(instrument: Instrument) -> list[tuple[str, str]]:
    """What a column can hold, with words for it."""
    words = {
        "session": QCoreApplication.translate("ImportPreview", "session"),
        "coder": QCoreApplication.translate("ImportPreview", "coder"),
        "scale": QCoreApplication.translate("ImportPreview", "scale"),
        "dimension": QCoreApplication.translate("ImportPreview", "dimension"),
        "value": QCoreApplication.translate("ImportPreview", "value"),
        "arm": QCoreApplication.translate("ImportPreview", "arm"),
        "site": QCoreApplication.translate("ImportPreview", "site"),
        "rated_on": QCoreApplication.translate("ImportPreview", "day of the rating"),
    }
    found = [
        (UNKNOWN, QCoreApplication.translate("ImportPreview", "not recognised")),
        (LEFT_OUT, QCoreApplication.translate("ImportPreview", "leave out")),
        *((role, words[role]) for role in ROLES),
    ]
    for scale, dimension in instrument.slots():
        title = f"{instrument.scale(scale).title}, {instrument.dimensions[dimension].title.lower()}"
        found.append((f"{scale}/{dimension}", title))
    return found
