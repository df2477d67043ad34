"""The wording for self-ratings: what the form says to counselors who rate their own sessions."""

from collections.abc import Mapping

from mio_fidelity.errors import UserError
from mio_fidelity.instrument.files import toml_of
from mio_fidelity.instrument.model import Dimension, Domain, OwnWords, Scale
from mio_fidelity.instrument.table import LINE, SENTENCE, TITLE, Problems, Table, unknown


def read_own_words(
    name: str, text: str, dimensions: Mapping[str, Dimension], domains: tuple[Domain, ...], problems: Problems
) -> OwnWords | None:
    """Read a file of wording for self-ratings.

    Args:
        name: What messages call the file.
        text: What it holds.
        dimensions: Of the instrument.
        domains: Of the instrument, with their scales.
        problems: Where what is wrong is noted.

    Returns:
        The wording; None when it is no TOML at all.
    """
    own = Problems(name, text)
    try:
        root = Table(toml_of(name, text), (), own)
    except UserError as error:
        problems.beside.append(error)
        return None
    root.only("banner", "about", "dimensions", "scales")
    scales = {scale.key: scale for domain in domains for scale in domain.scales}
    asked = _known(root, "dimensions", "dimension", dimensions)
    spoken = _known(root, "scales", "scale", scales)
    for table in asked.values():
        table.only("question", "anchors")
    for table in spoken.values():
        table.only("page", "cue", "anchors")
    for key in scales.keys() - spoken.keys():
        words = UserError("the scale '{scale}' is missing; add [scales.{scale}] with a line page.", scale=key)
        root.complain("scales", words)
    made = OwnWords(
        root.text("banner", LINE, default=""),
        root.text("about", SENTENCE, default=""),
        {key: each.text("question", TITLE) for key, each in asked.items() if "question" in each.data},
        {
            key: each.sentences("anchors", dimensions[key].points, SENTENCE)
            for key, each in asked.items()
            if "anchors" in each.data
        },
        {key: each.text("cue", LINE) for key, each in spoken.items() if "cue" in each.data},
        {key: each.text("page", SENTENCE) for key, each in spoken.items()},
        {key: _anchors(each.table("anchors"), scales[key], dimensions) for key, each in spoken.items()},
    )
    problems.beside += own.located()
    return made


def _known(root: Table, name: str, kind: str, known: Mapping[str, object]) -> dict[str, Table]:
    """The tables inside ``name``; those that name nothing of the instrument are complained of."""
    outer = root.table(name)
    for key in outer.data:
        if key not in known:
            outer.complain(key, unknown(kind, key, list(known)))
    return {key: outer.table(key) for key in outer.data if key in known}


def _anchors(table: Table, scale: Scale, dimensions: Mapping[str, Dimension]) -> dict[str, dict[int, str]]:
    for key in table.data:
        if key not in scale.dimensions:
            table.complain(key, unknown("dimension of this scale", key, scale.dimensions))
    return {
        key: table.sentences(key, dimensions[key].points, SENTENCE)
        for key in scale.dimensions
        if key in table.data
    }
